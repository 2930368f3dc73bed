import { Center, Loader } from '@mantine/core'
import { useEffect } from 'react'
import { ProblemNotice } from './feedback/problem-notice.js'
import { MeProvider, useMeQuery } from './session/me.js'
import { SignInPage } from './session/sign-in.page.js'
import { AppShell } from './shell/app-shell.js'

/** Whoever is not signed in sees the sign-in at the very address they came to. */
export function Root() {
  const { data: me, error, isPending, refetch } = useMeQuery()
  useEffect(() => {
    document.title = 'Reprieve'
  }, [])
  if (isPending)
    return (
      <Center component="main" h="100dvh">
        <Loader role="status" aria-label="Loading" />
      </Center>
    )
  if (me === undefined)
    return (
      <Center component="main" h="100dvh" p="md">
        <ProblemNotice error={error} retry={() => void refetch()} />
      </Center>
    )
  if (me === null) return <SignInPage />
  return (
    <MeProvider value={me}>
      <AppShell key={me.id} />
    </MeProvider>
  )
}
