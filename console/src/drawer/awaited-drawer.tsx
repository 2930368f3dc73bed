import { Center, Loader } from '@mantine/core'
import { ProblemNotice } from '../feedback/problem-notice.js'
import { DetailsDrawer } from './details-drawer.js'

interface AwaitedDrawerProps {
  title: string
  /** Null while it is still on its way. */
  error: unknown
  retry: () => void
  onClose: () => void
}

/** In the place of details that are not there yet, or did not come. */
export function AwaitedDrawer({ title, error, retry, onClose }: AwaitedDrawerProps) {
  return (
    <DetailsDrawer title={title} onClose={onClose}>
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
