import { Badge, ScrollArea, Table, Text } from '@mantine/core'
import type { Instance } from '../../../api/schemas.js'
import { SeverityBadge } from '../../../severity/severity-badge.js'
import { Time } from '../../../time/time.js'

/** What each scanner says of it, in its own words. */
export function Scanners({ attributions }: Pick<Instance, 'attributions'>) {
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0 }}>
      <Table fz="sm" miw={560} aria-label="Scanners">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Scanner</Table.Th>
            <Table.Th>Severity</Table.Th>
            <Table.Th ta="right">CVSS</Table.Th>
            <Table.Th>Fixed in</Table.Th>
            <Table.Th>First seen</Table.Th>
            <Table.Th>Last seen</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {attributions.map((one) => (
            <Table.Tr key={`${one.scanner}:${one.scanId}:${one.location}:${one.componentVersion}`}>
              <Table.Td>
                {one.scanner}
                {one.status === 'closed' && (
                  <Badge color="gray" size="xs" ml={6}>
                    Closed
                  </Badge>
                )}
              </Table.Td>
              <Table.Td>
                <SeverityBadge severity={one.severity} />
                {one.scannerSeverity !== null && one.scannerSeverity.toLowerCase() !== one.severity && (
                  <Text span size="xs" c="dimmed" ml={6}>
                    says {one.scannerSeverity}
                  </Text>
                )}
              </Table.Td>
              <Table.Td ta="right">{one.cvss?.toFixed(1) ?? '–'}</Table.Td>
              <Table.Td>{one.fixedVersions.length === 0 ? '–' : one.fixedVersions.join(', ')}</Table.Td>
              <Table.Td>
                <Time at={one.firstSeen} as="day" />
              </Table.Td>
              <Table.Td>
                <Time at={one.lastSeen} as="ago" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  )
}
