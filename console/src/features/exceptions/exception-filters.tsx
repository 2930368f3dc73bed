import { Button, Chip, Group, NumberInput, Popover, Select, Stack } from '@mantine/core'
import { DateInput } from '@mantine/dates'
import { IconFilter, IconX } from '@tabler/icons-react'
import { useMe } from '../../session/me.js'
import type { SearchChange } from '../../table/changed-search.js'
import { FindInput } from '../../table/find-input.js'
import type { ExceptionsSearch } from './exceptions-search.js'

interface ExceptionFiltersProps {
  search: ExceptionsSearch
  onChange: (changes: SearchChange<ExceptionsSearch>) => void
}

const MORE = ['kind', 'minInstances', 'requestedAfter', 'requestedBefore', 'expiresAfter', 'expiresBefore'] as const

/** What narrows the Exception Table; all of it is in the address. */
export function ExceptionFilters({ search, onChange }: ExceptionFiltersProps) {
  const me = useMe()
  const mine = (['waitingFor', 'requestedBy', 'approver'] as const).filter(
    (name) => search[name] === 'me' || search[name] === me.id,
  )
  const more = MORE.filter((name) => search[name] !== undefined).length
  const others = (['waitingFor', 'requestedBy', 'approver'] as const).some(
    (name) => search[name] !== undefined && !mine.includes(name),
  )

  return (
    <Group gap="xs">
      <FindInput
        label="Find in names, requesters and justifications"
        text={search.text}
        onLook={(text) => onChange({ text })}
      />
      <Chip.Group
        multiple
        value={mine as string[]}
        onChange={(names) => {
          const on = (name: string) => (names.includes(name) ? 'me' : undefined)
          onChange({ waitingFor: on('waitingFor'), requestedBy: on('requestedBy'), approver: on('approver') })
        }}
      >
        <Chip size="xs" value="waitingFor">
          Waiting for me
        </Chip>
        <Chip size="xs" value="requestedBy">
          Requested by me
        </Chip>
        <Chip size="xs" value="approver">
          I approve
        </Chip>
      </Chip.Group>
      <Popover position="bottom-start" width={300} shadow="md" trapFocus>
        <Popover.Target>
          <Button variant="default" size="compact-sm" leftSection={<IconFilter size={14} stroke={1.7} />}>
            {more === 0 ? 'More' : `More (${more})`}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap="sm">
            <Select
              label="Asked for"
              placeholder="Anyhow"
              clearable
              data={[
                { value: 'query', label: 'By a query' },
                { value: 'ticket', label: 'From a ticket' },
              ]}
              value={search.kind ?? null}
              onChange={(kind) => onChange({ kind: (kind ?? undefined) as ExceptionsSearch['kind'] | undefined })}
              comboboxProps={{ withinPortal: false }}
            />
            <NumberInput
              label="At least so many instances"
              min={0}
              allowDecimal={false}
              allowNegative={false}
              value={search.minInstances ?? ''}
              onChange={(value) =>
                onChange({ minInstances: typeof value === 'number' && value > 0 ? value : undefined })
              }
            />
            <Day label="Requested after" name="requestedAfter" search={search} onChange={onChange} />
            <Day label="Requested before" name="requestedBefore" search={search} onChange={onChange} />
            <Day label="Expires after" name="expiresAfter" search={search} onChange={onChange} />
            <Day label="Expires before" name="expiresBefore" search={search} onChange={onChange} />
          </Stack>
        </Popover.Dropdown>
      </Popover>
      {(more > 0 || others || mine.length > 0 || search.text !== undefined) && (
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconX size={14} />}
          onClick={() =>
            onChange(
              Object.fromEntries(
                [...MORE, 'text', 'waitingFor', 'requestedBy', 'approver'].map((name) => [name, undefined]),
              ),
            )
          }
        >
          Clear
        </Button>
      )}
    </Group>
  )
}

type DayName = 'requestedAfter' | 'requestedBefore' | 'expiresAfter' | 'expiresBefore'

function Day({ label, name, search, onChange }: ExceptionFiltersProps & { label: string; name: DayName }) {
  const at = search[name]
  return (
    <DateInput
      label={label}
      clearable
      valueFormat="D MMM YYYY"
      value={at === undefined ? null : at.slice(0, 10)}
      onChange={(day) => onChange({ [name]: day === null ? undefined : `${day}T00:00:00Z` })}
      popoverProps={{ withinPortal: false }}
    />
  )
}
