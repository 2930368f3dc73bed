import type { Expiration, NewException, RequestForm } from '../../api/schemas.js'

/** A file that is uploaded already, so that the request only names it. */
export interface UploadedFile {
  id: string
  name: string
  size: number
}

/** What somebody has filled in so far; also what a draft keeps. */
export interface RequestValues {
  name: string
  justification: string
  useCase: string | null
  evidenceLink: string
  evidence: UploadedFile[]
  querySource: 'saved' | 'written'
  queryId: string | null
  expression: string
  /** One for each step; null: not chosen. */
  approvers: (string | null)[]
  ends: 'never' | 'days' | 'date'
  days: number | string
  date: string | null
  riskAcknowledged: boolean
}

export const EMPTY_REQUEST: RequestValues = {
  name: '',
  justification: '',
  useCase: null,
  evidenceLink: '',
  evidence: [],
  querySource: 'written',
  queryId: null,
  expression: '',
  approvers: [],
  ends: 'days',
  days: 90,
  date: null,
  riskAcknowledged: false,
}

/** Fields that a fault can be shown at. */
export const REQUEST_FIELDS = [
  'name',
  'justification',
  'useCase',
  'evidenceLink',
  'evidence',
  'queryId',
  'expression',
  ...Array.from({ length: 10 }, (_, index) => `approvers.${index}`),
  'days',
  'date',
  'riskAcknowledged',
] as const

/** Pointers of the API whose field has another name here. */
export const REQUEST_ALIASES: Readonly<Record<string, string>> = {
  '/expiration/days': 'days',
  '/expiration/date': 'date',
  '/evidenceIds': 'evidence',
}

/** The end that somebody chose; null while it is not whole. */
export function expirationOf({ ends, days, date }: Pick<RequestValues, 'ends' | 'days' | 'date'>): Expiration | null {
  if (ends === 'never') return { type: 'never' }
  if (ends === 'days') return typeof days === 'number' && days >= 1 ? { type: 'days', days } : null
  return date === null ? null : { type: 'date', date }
}

/** What keeps it from being sent, by field. @param today `YYYY-MM-DD` in UTC */
export function requestFaults(values: RequestValues, form: RequestForm, today: string): Record<string, string> {
  const faults: Record<string, string> = {}
  if (values.name.trim() === '') faults['name'] = 'Give it a name that others find it by.'
  if (values.justification.trim() === '') faults['justification'] = 'Say why it cannot be resolved now.'
  if (values.evidenceLink.trim() !== '' && !/^https?:\/\/\S+$/i.test(values.evidenceLink.trim()))
    faults['evidenceLink'] = 'A link begins with https:// or http://.'
  if (values.querySource === 'saved' && values.queryId === null) faults['queryId'] = 'Choose a query.'
  if (values.querySource === 'written' && values.expression.trim() === '')
    faults['expression'] = 'Say which instances it is for.'
  if (form.workflow.type === 'approvers')
    form.workflow.steps.forEach((step, index) => {
      if (!chosenBySystem(step) && step.candidates.length > 1 && (values.approvers[index] ?? null) === null)
        faults[`approvers.${index}`] = 'Choose an approver.'
    })
  if (expirationOf(values) === null)
    faults[values.ends] = values.ends === 'days' ? 'Say after how many days.' : 'Choose a date.'
  else if (values.ends === 'date' && values.date !== null && values.date < today) faults['date'] = 'That day is over.'
  if (!values.riskAcknowledged) faults['riskAcknowledged'] = 'Acknowledge the risk to go on.'
  return faults
}

type Step = Extract<RequestForm['workflow'], { type: 'approvers' }>['steps'][number]

/** Whether a step's approver is found by the rule's conditions as the request comes. */
export const chosenBySystem = (step: Step): boolean => 'assigned' in step && step.assigned === true

/** The request as the API takes it. */
export function requestBody(values: RequestValues, form: RequestForm): NewException {
  const expiration = expirationOf(values)
  if (expiration === null) throw new Error('it has no end yet')
  const link = values.evidenceLink.trim()
  const saved = values.querySource === 'saved' && values.queryId !== null
  return {
    name: values.name.trim(),
    justification: values.justification.trim(),
    riskAcknowledged: true,
    ...(values.useCase === null ? {} : { useCase: values.useCase }),
    ...(link === '' ? {} : { evidenceLink: link }),
    ...(values.evidence.length === 0 ? {} : { evidenceIds: values.evidence.map(({ id }) => id) }),
    // With the text that was looked at, so that a query which somebody has changed meanwhile is noticed.
    ...(saved
      ? { queryId: values.queryId ?? '', expression: values.expression }
      : { expression: values.expression.trim() }),
    ...(form.workflow.type === 'autoPilot'
      ? {}
      : {
          approvers: form.workflow.steps.map((step, index) =>
            chosenBySystem(step) ? null : (values.approvers[index] ?? step.candidates[0]?.id ?? null),
          ),
        }),
    expiration,
    ruleVersion: form.ruleVersion,
  }
}

/** The choices that the rule, as it is now, still allows. */
export function keptApprovers(chosen: readonly (string | null)[], form: RequestForm): (string | null)[] {
  if (form.workflow.type === 'autoPilot') return []
  return form.workflow.steps.map(({ candidates }, index) => {
    const id = chosen[index] ?? null
    if (candidates.some((candidate) => candidate.id === id)) return id
    return candidates.length === 1 ? (candidates[0]?.id ?? null) : null
  })
}
