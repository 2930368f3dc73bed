import { Center } from '@mantine/core'
import { ProblemNotice } from './problem-notice.js'

/** What stands in a page's place when it broke. A new release takes the files of the old one away; loading again brings the new. */
export function RouteError({ error }: { error: unknown }) {
  return (
    <Center p="xl" mih="40dvh">
      <ProblemNotice error={error} retry={() => location.reload()} />
    </Center>
  )
}
