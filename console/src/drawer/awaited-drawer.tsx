import { Center, Loader } from '@mantine/core'
import { ProblemNotice } from '../feedback/problem-notice.js'
import { DetailsDrawer } from './details-drawer.js'

interface AwaitedDrawerProps {
  title: string
  /** Null while it is still on its way. */
  error: unknown
  retry: () => void
  /** That of the drawer which comes in its place. */
  size?: number
  onClose: () => void
}

/** In the place of what a drawer shows, while it is not there yet or did not come. */
export function AwaitedDrawer({ title, error, retry, size = 720, onClose }: AwaitedDrawerProps) {
  return (
    <DetailsDrawer title={title} size={size} onClose={onClose}>
      {error === null ? (
        <Center py="xl">
          <Loader role="status" aria-label="Loading" />
        </Center>
      ) : (
        <ProblemNotice error={error} retry={retry} />
      )}
    </DetailsDrawer>
  )
}
