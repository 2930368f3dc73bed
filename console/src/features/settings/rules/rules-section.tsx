import { Text } from '@mantine/core'
import { IconRoute } from '@tabler/icons-react'
import { api, ask } from '../../../api/client.js'
import type { Page, Rule } from '../../../api/schemas.js'
import { EmptyState } from '../../../feedback/empty-state.js'
import { useMay } from '../../../session/me.js'
import { Time } from '../../../time/time.js'
import { SettingsList } from '../settings-list.js'
import { useEditing } from '../use-editing.js'
import { usePages } from '../use-pages.js'
import { useCandidates } from './candidates.js'
import { RuleDrawer } from './rule-drawer.js'

/** Which role's requests go which way. */
export function RulesSection() {
  const { edit, open, close } = useEditing()
  const mayWrite = useMay('rules.manage')
  const { nameOf } = useCandidates()
  const list = usePages<Rule>(
    ['rules', 'list'],
    (cursor, signal) =>
      ask(api.GET('/rules', { params: { query: { limit: 100, ...cursor } }, signal })) as Promise<Page<Rule>>,
  )
  const way = ({ workflow }: Rule) =>
    workflow.type === 'autoPilot'
      ? 'Auto Pilot'
      : workflow.steps
          .map((step) => ('candidates' in step ? step.candidates.map(nameOf).join(' or ') : 'by conditions'))
          .join(' → ')
  return (
    <>
      <SettingsList
        title="Exception rules"
        text="A rule says for one role who approves its requests. Rules are never deleted; an edit applies to later requests only."
        create={mayWrite ? 'Create Rule' : undefined}
        onCreate={() => open('new')}
        rows={list.rows}
        rowId={({ id }) => id}
        rowName={({ role }) => `the rule of ${role}`}
        onOpen={({ id }) => open(id)}
        error={list.error}
        retry={list.retry}
        more={list.more}
        columns={[
          { label: 'Role', cell: ({ role }) => role },
          {
            label: 'Approval',
            cell: (rule) => (
              <Text size="sm" lineClamp={2} c={rule.workflow.type === 'autoPilot' ? 'dimmed' : 'inherit'}>
                {way(rule)}
              </Text>
            ),
          },
          {
            label: 'Steps',
            align: 'right',
            cell: ({ workflow }) => (workflow.type === 'autoPilot' ? '–' : workflow.steps.length),
          },
          { label: 'Version', align: 'right', cell: ({ version }) => version },
          {
            label: 'Edited',
            cell: ({ editedAt, editedBy }) => (
              <>
                <Time at={editedAt} as="ago" /> by {editedBy.name}
              </>
            ),
          },
        ]}
        empty={
          <EmptyState
            icon={IconRoute}
            title="No rules yet"
            text="Nobody can request an exception until the role they have has a rule."
          />
        }
      />
      {edit !== undefined && (
        <RuleDrawer key={edit} id={edit === 'new' ? null : edit} mayWrite={mayWrite} onClose={close} />
      )}
    </>
  )
}
