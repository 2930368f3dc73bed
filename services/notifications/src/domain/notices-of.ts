import {
  type Act,
  type Approval,
  type Exception,
  type ExceptionChange,
  type Person,
  type Version,
  waitingFor,
} from './exception.js'
import type { ExceptionFacts, PlannedNotice } from './notice.js'
import type { NoticeKind } from './notice-kind.js'

/*
 * Which notice goes to whom. `approvals.v1` tells of everything while a request waits, `exceptions.v1` of the beginning, of the time in
 * force and of its end; each stage is told of by one of them, so nobody hears twice.
 *
 * Whoever asked hears of every stage, also of what they did themselves: it is their record. Approvers hear of what others did.
 */

/** Notices of one event of an exception. */
export function noticesOfException(change: ExceptionChange): PlannedNotice[] {
  switch (change.transition) {
    case 'submitted':
      // Under Auto Pilot it is active at the same instant, and that is what the requester is told.
      return change.exception.autoPilot ? [] : tell(change, 'request_sent', { approvers: false })
    case 'activated':
      return tell(change, 'became_active', { approvers: true })
    case 'expired':
      return tell(change, 'expired', { approvers: true })
    case 'deactivated':
      return tell(change, 'deactivated', { approvers: true })
    case 'denied':
    case 'withdrawn':
    case 'lapsed':
    case 'amended':
      return []
  }
}

function tell(change: ExceptionChange, kind: NoticeKind, to: { approvers: boolean }): PlannedNotice[] {
  const { exception, at, publishedAt, by, reason } = change
  const { approvers, appliedSince } = exception
  const others = to.approvers ? approvers.filter(({ id }) => id !== by?.id) : []
  return eachOnce([exception.requester, ...others]).map((recipient) => ({
    kind,
    recipientId: recipient.id,
    version: exception.version,
    at,
    publishedAt,
    facts: facts(exception, recipient, {
      by,
      reason,
      steps: approvers.length,
      appliedSince: appliedSince?.toISOString() ?? null,
      waitingForName: kind === 'request_sent' ? (approvers[0]?.name ?? null) : null,
    }),
  }))
}

/** The notices of an end that comes. @param now tells how far away it is */
export function noticesOfReminder(exception: Exception, kind: NoticeKind, endsAt: Date, now: Date): PlannedNotice[] {
  const daysLeft = Math.max(1, Math.ceil((endsAt.getTime() - now.getTime()) / DAY_MS))
  return eachOnce([exception.requester, ...exception.approvers]).map((recipient) => ({
    kind,
    recipientId: recipient.id,
    // One reminder of a kind for one end, whatever else changes meanwhile.
    version: { incarnation: 0, n: Math.floor(endsAt.getTime() / 60_000) },
    at: now,
    publishedAt: now,
    facts: facts(exception, recipient, {
      by: null,
      reason: null,
      steps: exception.approvers.length,
      appliedSince: exception.appliedSince?.toISOString() ?? null,
      expiresAt: endsAt.toISOString(),
      daysLeft,
    }),
  }))
}

/** The versions of an approval that were not told yet, oldest first, each with the act that made it; null for the one that opened it. */
export function untold(
  approval: Approval,
  told: Version | null,
): Array<{ version: Version; act: Act | null; publishedAt: Date }> {
  const { incarnation, n } = approval.version
  const first =
    told === null
      ? 1
      : told.incarnation === incarnation
        ? told.n + 1
        : // The owner's database was restored: only what made this version is sure to be news.
          n
  const versions: Array<{ version: Version; act: Act | null; publishedAt: Date }> = []
  for (let version = Math.max(first, 1); version <= n; version++) {
    const act = version === 1 ? null : approval.acts[version - 2]
    if (act === undefined) continue
    // Of a version that was missed only the act itself tells a time.
    const publishedAt = version === n ? approval.publishedAt : (act?.at ?? approval.openedAt)
    versions.push({ version: { incarnation, n: version }, act, publishedAt })
  }
  return versions
}

/**
 * Notices of what was done to a request since people were told last.
 * @param told up to which version they have been told; null if of none
 * @param before who held each step then
 */
export function noticesOfApproval(
  exception: Exception,
  approval: Approval,
  told: Version | null,
  before: readonly Person[],
): PlannedNotice[] {
  return untold(approval, told).flatMap(({ version, act, publishedAt }) => {
    const telling = new Telling(exception, approval, version, publishedAt)
    return act === null ? telling.opened() : telling.of(act, before)
  })
}

/** What one version of an approval is told as. */
class Telling {
  readonly #exception: Exception
  readonly #approval: Approval
  readonly #version: Version
  readonly #publishedAt: Date

  constructor(exception: Exception, approval: Approval, version: Version, publishedAt: Date) {
    this.#exception = exception
    this.#approval = approval
    this.#version = version
    this.#publishedAt = publishedAt
  }

  opened(): PlannedNotice[] {
    return this.#askForDecision(0, this.#approval.openedAt)
  }

  of(act: Act, before: readonly Person[]): PlannedNotice[] {
    const { requester } = this.#exception
    switch (act.type) {
      case 'stepApproved':
        return [...this.#tell('step_approved', [requester], act), ...this.#askForDecision((act.step ?? 0) + 1, act.at)]
      case 'approved':
        return this.#tell('approved', [requester], act)
      case 'denied':
        return this.#tell('denied', [requester, ...this.#reached(act)], act)
      case 'withdrawn':
        return this.#tell('withdrawn', [requester, ...this.#reached(act)], act)
      case 'lapsed':
        return this.#tell('lapsed', [requester, ...this.#reached(act)], act)
      case 'handedOver':
        return this.#handedOver(act, before)
      case 'other':
        return []
    }
  }

  /** Those who were asked so far, without who acted. */
  #reached(act: Act): Person[] {
    return this.#approval.approvers.slice(0, this.#approval.currentStep + 1).filter(({ id }) => id !== act.by?.id)
  }

  #handedOver(act: Act, before: readonly Person[]): PlannedNotice[] {
    if (act.to === null || act.step === null) return []
    const former = before[act.step]
    const relieved = former !== undefined && former.id !== act.to.id && former.id !== act.by?.id ? [former] : []
    return [...this.#tell('handed_over', [act.to], act), ...this.#tell('relieved', relieved, act)]
  }

  /** Asks the holder of a step, if it is still that step that waits and they do not hear of it by a later hand-over. */
  #askForDecision(step: number, at: Date): PlannedNotice[] {
    const holder = waitingFor(this.#approval)
    const later = this.#approval.acts.slice(this.#version.n - 1)
    if (holder === null || this.#approval.currentStep !== step) return []
    if (later.some((act) => act.type === 'handedOver' && act.step === step)) return []
    return this.#tell('decision_waits', [holder], { at, by: null, reason: null, step, to: null })
  }

  #tell(kind: NoticeKind, to: readonly Person[], act: Omit<Act, 'type'>): PlannedNotice[] {
    const asked = kind === 'decision_waits' || kind === 'handed_over'
    return eachOnce(to).map((recipient) => ({
      kind,
      recipientId: recipient.id,
      version: this.#version,
      at: act.at,
      publishedAt: this.#publishedAt,
      facts: facts(this.#exception, recipient, {
        by: act.by,
        reason: act.reason,
        step: act.step === null ? null : act.step + 1,
        steps: this.#approval.approvers.length,
        toName: act.to?.name ?? null,
        waitingForName: waitingFor(this.#approval)?.name ?? null,
        justification: asked ? this.#exception.justification : null,
      }),
    }))
  }
}

const DAY_MS = 86_400_000

const eachOnce = (people: readonly Person[]): Person[] => [...new Map(people.map((one) => [one.id, one])).values()]

function facts(
  exception: Exception,
  recipient: Person,
  told: Partial<ExceptionFacts> & { by: Person | null; steps: number; reason: string | null },
): ExceptionFacts {
  const { by, ...more } = told
  return {
    exceptionName: exception.name,
    requesterName: exception.requester.name,
    forRequester: recipient.id === exception.requester.id,
    bySelf: by?.id === recipient.id,
    autoPilot: exception.autoPilot,
    defers: exception.defers,
    byName: by?.name ?? null,
    step: null,
    waitingForName: null,
    toName: null,
    justification: null,
    expiresAt: exception.expiresAt?.toISOString() ?? null,
    expiresAfterDays: exception.expiresAfterDays,
    appliedSince: null,
    daysLeft: null,
    ...more,
  }
}
