import type { DescMessage } from '@bufbuild/protobuf'
import { ApprovalEventSchema } from './gen/reprieve/approvals/v1/approvals_pb.js'
import { RedriveEventSchema } from './gen/reprieve/audit/v1/redrives_pb.js'
import { CoverageChangesSchema } from './gen/reprieve/coverage/v1/coverage_pb.js'
import { DirectoryEventSchema } from './gen/reprieve/directory/v1/directory_pb.js'
import { ExceptionsEventSchema } from './gen/reprieve/exceptions/v1/exceptions_pb.js'
import { ExternalTicketSchema } from './gen/reprieve/external/v1/external_tickets_pb.js'
import { NoticeEventSchema } from './gen/reprieve/notifications/v1/notifications_pb.js'
import { RuleEventSchema } from './gen/reprieve/rules/v1/rules_pb.js'
import { InstanceEventSchema } from './gen/reprieve/scanner/v1/scanner_pb.js'
import { ScopeEventSchema } from './gen/reprieve/scope/v1/scope_pb.js'
import { TicketCountsEventSchema } from './gen/reprieve/scope/v1/ticket_counts_pb.js'
import { TicketsEventSchema } from './gen/reprieve/tickets/v1/tickets_pb.js'

/** Services that own a topic: each publishes on its own topics and on no other. */
export type TopicOwner =
  | 'directory'
  | 'rules'
  | 'exceptions'
  | 'approvals'
  | 'scope'
  | 'tickets'
  | 'notifications'
  | 'audit'

export interface TopicContract {
  owner: TopicOwner
  /** The one message type of the topic's values. */
  message: DescMessage
  partitions: number
  /** Milliseconds; state topics are compacted instead and keep the newest record of each key for ever. */
  retentionMs: number | 'compacted'
  /** Its owner can tell all of it again although it is not compacted; it can of every topic that is. */
  republished?: true
}

const DAY_MS = 86_400_000

/** Every topic, who owns it and what its values are: the one place where this is written. */
export const TOPICS = {
  'directory.v1': { owner: 'directory', message: DirectoryEventSchema, partitions: 1, retentionMs: 'compacted' },
  'rules.v1': { owner: 'rules', message: RuleEventSchema, partitions: 1, retentionMs: 'compacted' },
  'exceptions.v1': { owner: 'exceptions', message: ExceptionsEventSchema, partitions: 4, retentionMs: 'compacted' },
  'approvals.v1': { owner: 'approvals', message: ApprovalEventSchema, partitions: 4, retentionMs: 'compacted' },
  'scope.v1': { owner: 'scope', message: ScopeEventSchema, partitions: 4, retentionMs: 'compacted' },
  'ticket-counts.v1': { owner: 'scope', message: TicketCountsEventSchema, partitions: 4, retentionMs: 'compacted' },
  'coverage.v1': {
    owner: 'scope',
    message: CoverageChangesSchema,
    partitions: 8,
    retentionMs: 7 * DAY_MS,
    republished: true,
  },
  'scanner.instances.v1': { owner: 'scope', message: InstanceEventSchema, partitions: 8, retentionMs: 7 * DAY_MS },
  'tickets.v1': { owner: 'tickets', message: TicketsEventSchema, partitions: 4, retentionMs: 'compacted' },
  'external.tickets.v1': { owner: 'tickets', message: ExternalTicketSchema, partitions: 4, retentionMs: 7 * DAY_MS },
  'notifications.v1': { owner: 'notifications', message: NoticeEventSchema, partitions: 4, retentionMs: 7 * DAY_MS },
  'redrives.v1': { owner: 'audit', message: RedriveEventSchema, partitions: 1, retentionMs: 7 * DAY_MS },
} as const satisfies Record<string, TopicContract>

export type TopicName = keyof typeof TOPICS

/** Where records of a topic go that could not be handled. */
export const deadLetterTopic = (topic: string): string => `${topic}.dlq`
