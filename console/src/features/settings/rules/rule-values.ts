import type { Rule } from '../../../api/schemas.js'

type Workflow = Rule['workflow']
export type RuleStep = Extract<Workflow, { type: 'approvers' }>['steps'][number]

/** A step in the form: with a key of its own, so that it keeps its field when steps are moved. */
export interface StepValues {
  key: string
  candidates: string[]
  /** A step that conditions assign: kept as it is. */
  assigned?: RuleStep
}

export interface RuleValues {
  role: string | null
  type: Workflow['type']
  steps: StepValues[]
  instructions: string
}

let keys = 0
export function newStep(candidates: string[] = []): StepValues {
  keys += 1
  return { key: `step-${keys}`, candidates }
}

export function valuesOf(rule: Rule | null): RuleValues {
  if (rule === null) return { role: null, type: 'approvers', steps: [newStep()], instructions: '' }
  const { workflow } = rule
  return {
    role: rule.role,
    type: workflow.type,
    steps:
      workflow.type === 'approvers'
        ? workflow.steps.map((step) =>
            'candidates' in step ? newStep([...step.candidates]) : { ...newStep(), assigned: step },
          )
        : [newStep()],
    instructions: rule.instructions,
  }
}

export function workflowOf({ type, steps }: Pick<RuleValues, 'type' | 'steps'>): Workflow {
  if (type === 'autoPilot') return { type }
  return { type, steps: steps.map(({ candidates, assigned }) => assigned ?? { candidates }) } as Workflow
}

export function ruleFaults({ role, type, steps }: RuleValues): Record<string, string> {
  const faults: Record<string, string> = {}
  if (role === null || role === '') faults['role'] = 'Choose the role whose requests it is for.'
  if (type === 'approvers')
    steps.forEach((step, index) => {
      if (step.assigned === undefined && step.candidates.length === 0)
        faults[`steps.${index}.candidates`] = 'Choose at least one person or group.'
    })
  return faults
}

/** The list with one step at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list]
  const [item] = next.splice(from, 1)
  if (item !== undefined) next.splice(to, 0, item)
  return next
}
