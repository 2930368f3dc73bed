import { Box, Stack, Tabs } from '@mantine/core'
import { useMe } from '../../session/me.js'
import { PageHeader } from '../../shell/page-header.js'
import { PasswordForm } from './password-form.js'
import { PreferencesForm } from './preferences-form.js'
import { TokensList } from './tokens-list.js'

/** What belongs to the reader alone. */
export function AccountPage() {
  const me = useMe()
  return (
    <Box pb="xl">
      <PageHeader title="My account">
        {me.name} · {me.email ?? 'a service'} · {me.role}
      </PageHeader>
      <Box px="var(--page-padding)" maw={860}>
        <Tabs defaultValue="notifications" keepMounted={false}>
          <Tabs.List mb="md">
            <Tabs.Tab value="notifications">Notifications</Tabs.Tab>
            <Tabs.Tab value="tokens">Access tokens</Tabs.Tab>
            {me.kind === 'person' && <Tabs.Tab value="password">Password</Tabs.Tab>}
          </Tabs.List>
          <Stack>
            <Tabs.Panel value="notifications">
              <PreferencesForm />
            </Tabs.Panel>
            <Tabs.Panel value="tokens">
              <TokensList />
            </Tabs.Panel>
            <Tabs.Panel value="password">
              <PasswordForm />
            </Tabs.Panel>
          </Stack>
        </Tabs>
      </Box>
    </Box>
  )
}
