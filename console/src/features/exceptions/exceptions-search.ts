import type { Exception, ExceptionStatus } from '../../api/schemas.js'
import type { ExceptionFilter } from './exception-queries.js'
import { STATUS_NAMES } from './status.js'

/** The Exception Table's filter and order as the address holds them. */
export interface ExceptionsSearch {
  status?: ExceptionStatus
  /** What somebody looks for, in all texts of a request. */
  text?: string
  kind?: Exception['kind']
  /** `me`, or a person's id. */
  requestedBy?: string
  waitingFor?: string
  approver?: string
  requestedAfter?: string
  requestedBefore?: string
  expiresAfter?: string
  expiresBefore?: string
  minInstances?: number
  sort?: string
  /** What `/exceptions/new` begins with. */
  expression?: string
  queryId?: string
  /** Which part of an exception's details is shown. */
  tab?: ExceptionTab
}

export const EXCEPTION_TABS = ['general', 'instances', 'evidence', 'comments', 'history'] as const
export type ExceptionTab = (typeof EXCEPTION_TABS)[number]

const TEXTS = [
  'text',
  'requestedBy',
  'waitingFor',
  'approver',
  'requestedAfter',
  'requestedBefore',
  'expiresAfter',
  'expiresBefore',
  'sort',
  'expression',
  'queryId',
] as const

/** Takes what it knows out of an address that anybody may have written; the rest is dropped. */
export function readExceptionsSearch(search: Record<string, unknown>): ExceptionsSearch {
  const read: ExceptionsSearch = {}
  for (const name of TEXTS) {
    const value = search[name]
    // The router reads what looks like a number as one.
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') read[name] = String(value)
  }
  const { status, kind, minInstances, tab } = search
  if (EXCEPTION_TABS.includes(tab as ExceptionTab)) read.tab = tab as ExceptionTab
  if (STATUS_NAMES.includes(status as ExceptionStatus)) read.status = status as ExceptionStatus
  if (kind === 'query' || kind === 'ticket') read.kind = kind
  const least = Number(minInstances)
  if (minInstances !== undefined && Number.isInteger(least) && least > 0) read.minInstances = least
  return read
}

/** As the API is asked. */
export function filterOf(search: ExceptionsSearch): ExceptionFilter {
  const person = (id: string | undefined) => (id === undefined ? undefined : [id])
  const { text, status, kind, sort, minInstances, requestedAfter, requestedBefore, expiresAfter, expiresBefore } =
    search
  const requestedBy = person(search.requestedBy)
  const waitingFor = person(search.waitingFor)
  const approver = person(search.approver)
  return {
    ...(text === undefined ? {} : { text: [text] }),
    ...(status === undefined ? {} : { status: [status] }),
    ...(kind === undefined ? {} : { kind: [kind] }),
    ...(sort === undefined ? {} : { sort }),
    ...(minInstances === undefined ? {} : { minInstances }),
    ...(requestedBy === undefined ? {} : { requestedBy }),
    ...(waitingFor === undefined ? {} : { waitingFor }),
    ...(approver === undefined ? {} : { approver }),
    ...(requestedAfter === undefined ? {} : { requestedAfter }),
    ...(requestedBefore === undefined ? {} : { requestedBefore }),
    ...(expiresAfter === undefined ? {} : { expiresAfter }),
    ...(expiresBefore === undefined ? {} : { expiresBefore }),
  }
}
