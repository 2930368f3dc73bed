import { type Assigned, chooseMember, type Load } from '@reprieve/assignment'
import type { ApprovalType, Effect, EvidenceFile, Kind, Person, Step } from './exception.js'
import type { Expiration } from './expiration.js'
import type { Fault } from './fault.js'

/** The rule a request is made under, with groups already resolved to people. */
export interface Workflow {
  ruleId: string
  ruleVersion: number
  /** Null: Auto Pilot. */
  steps: readonly EligibleStep[] | null
}

/** A step whose approver the requester chooses, or conditions assign. */
export type EligibleStep = ChosenStep | AssignedStep

export interface ChosenStep {
  /** Users and groups, as the rule names them. */
  candidateIds: readonly string[]
  /** The active people behind them. */
  people: readonly Person[]
}

export interface AssignedStep {
  candidateIds: readonly string[]
  /** Whom its conditions assign, never the requester; null: nobody is left. */
  assigned: Assigned<Person> | null
}

/** A step whose approver is settled, or found among several as the request is kept. */
export type PlannedStep = Step | { candidateIds: readonly string[]; toAssign: Assigned<Person> }

/** A request that was checked, and is kept as soon as who is assigned has been found. */
export type PlannedRequest = Omit<Request, 'steps'> & { steps: readonly PlannedStep[] }

/** A request that was checked: from it an exception is made. */
export interface Request {
  kind: Kind
  effect: Effect
  name: string
  justification: string
  useCase: string | null
  evidenceLink: string | null
  expression: string
  sourceQueryId: string | null
  expiration: Expiration
  requestedBy: Person
  rule: { id: string; version: number } | null
  ticketId: string | null
  approvalType: ApprovalType
  steps: readonly Step[]
  /** Its requester's own, used by no other. */
  evidence: ReadonlyArray<Omit<EvidenceFile, 'addedAt'>>
}

/** What has to be said and was not. */
export function textFaults(asked: { name: string; justification: string; riskAcknowledged: boolean }): Fault[] {
  const faults: Fault[] = []
  if (asked.name === '') faults.push({ pointer: '/name', detail: 'Give it a name.' })
  if (asked.justification === '')
    faults.push({ pointer: '/justification', detail: 'Say why it cannot be resolved now.' })
  if (!asked.riskAcknowledged) {
    faults.push({ pointer: '/riskAcknowledged', detail: 'The risk has to be acknowledged: it must be true.' })
  }
  return faults
}

/**
 * What is wrong with the files that a request names. What somebody else has uploaded is not told from what there is not.
 * @param found those of the ids that there are
 */
export function evidenceFaults(
  ids: readonly string[],
  found: ReadonlyArray<{ id: string; uploadedBy: Person; exceptionId: string | null }>,
  requesterId: string,
): Fault[] {
  const byId = new Map(found.map((file) => [file.id, file]))
  return ids.flatMap((id, index) => {
    const pointer = `/evidenceIds/${index}`
    const file = byId.get(id)
    if (file === undefined || file.uploadedBy.id !== requesterId) {
      return [{ pointer, detail: 'You have uploaded no such file, or more than a day ago.' }]
    }
    if (file.exceptionId !== null) return [{ pointer, detail: 'Another request has this file. Upload it again.' }]
    return ids.indexOf(id) < index ? [{ pointer, detail: 'This file is named twice.' }] : []
  })
}

export type ApproverFault = Fault & {
  code: 'NO_ELIGIBLE_APPROVER' | 'NO_REVIEWER' | 'APPROVER_NOT_CANDIDATE' | 'INVALID'
}

/**
 * Settles who decides each step. Whoever asks is no candidate, in no step; where one person is left, no choice is needed, and where
 * conditions assign, none is allowed.
 * @param choice one entry a step, null for "no choice"; absent: no choice for any step
 */
export function chooseApprovers(
  workflow: Pick<Workflow, 'steps'>,
  choice: ReadonlyArray<string | null> | undefined,
  requesterId: string,
): { steps: PlannedStep[]; faults: ApproverFault[] } {
  if (workflow.steps === null) {
    if (choice === undefined || choice.length === 0) return { steps: [], faults: [] }
    const detail = 'Your requests are approved at once (Auto Pilot): there is nobody to choose. Leave it out.'
    return { steps: [], faults: [{ pointer: '/approvers', code: 'INVALID', detail }] }
  }
  const steps: PlannedStep[] = []
  const faults: ApproverFault[] = []
  const count = workflow.steps.length
  if (choice !== undefined && choice.length > 0 && choice.length !== count) {
    const detail = `There ${count === 1 ? 'is 1 step' : `are ${count} steps`}: name one approver for each.`
    faults.push({ pointer: '/approvers', code: 'INVALID', detail })
    return { steps, faults }
  }
  workflow.steps.forEach((step, index) => {
    const chosen = choice?.[index] ?? null
    const pointer = `/approvers/${index}`
    if ('assigned' in step) {
      const planned = plannedAssignment(step, chosen, index)
      if ('code' in planned) faults.push({ pointer, ...planned })
      else steps.push(planned)
      return
    }
    const { candidateIds, people } = step
    const eligible = people.filter(({ id }) => id !== requesterId)
    const [first, ...others] = eligible
    if (first === undefined) {
      const detail = `Nobody who could decide step ${index + 1} is left: each is inactive or is yourself. Ask who manages the rules.`
      faults.push({ pointer, code: 'NO_ELIGIBLE_APPROVER', detail })
      return
    }
    const approver = chosen === null && others.length === 0 ? first : eligible.find(({ id }) => id === chosen)
    if (approver !== undefined) {
      steps.push({ approver: { id: approver.id, name: approver.name }, candidateIds, decided: null })
      return
    }
    faults.push({ pointer, ...refusedChoice(chosen, requesterId, index) })
  })
  return { steps, faults }
}

function plannedAssignment(
  { candidateIds, assigned }: AssignedStep,
  chosen: string | null,
  index: number,
): PlannedStep | Omit<ApproverFault, 'pointer'> {
  if (chosen !== null) {
    return { code: 'INVALID', detail: `The approver of step ${index + 1} is assigned: there is nobody to choose.` }
  }
  if (assigned === null) {
    const detail = `Nobody is left who could be assigned to step ${index + 1}. Ask who manages the rules.`
    return { code: 'NO_REVIEWER', detail }
  }
  return { candidateIds, toAssign: assigned }
}

/**
 * Finds who is assigned, step by step: what one step adds to somebody's load counts for the next.
 * @param loads of the people among whom there is a choice; who is not in it has nothing to do
 */
export function assignSteps(
  planned: readonly PlannedStep[],
  loads: ReadonlyMap<string, Omit<Load, 'id'>>,
  now: Date,
): Step[] {
  const current = new Map(loads)
  return planned.map((step) => {
    if (!('toAssign' in step)) return step
    const { choice, members, rule } = step.toAssign
    const people = members.map(({ id, name }) => ({ id, name, ...(current.get(id) ?? NOTHING_TO_DO) }))
    const found = chooseMember(choice, people)
    if (found === undefined) throw new Error('an assignment has members')
    current.set(found.id, { waiting: found.waiting + 1, lastAssignedAt: now })
    return {
      approver: { id: found.id, name: found.name },
      candidateIds: step.candidateIds,
      assignedBy: rule,
      decided: null,
    }
  })
}

const NOTHING_TO_DO = { waiting: 0, lastAssignedAt: null }

function refusedChoice(chosen: string | null, requesterId: string, index: number): Omit<ApproverFault, 'pointer'> {
  if (chosen === null) {
    return { code: 'INVALID', detail: `Step ${index + 1} has several candidates: choose one of them.` }
  }
  const detail =
    chosen === requesterId
      ? 'Nobody approves their own request. Choose another candidate.'
      : `This person is no active candidate of step ${index + 1}. Choose one who is.`
  return { code: 'APPROVER_NOT_CANDIDATE', detail }
}
