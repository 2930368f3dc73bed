import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Permission } from '@reprieve/auth'
import type { ManualClock } from '@reprieve/clock'
import { approvals, exceptions, type rules } from '@reprieve/contracts'
import { ServiceUnderTest, type TestPerson } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import { exceptionsService } from '../src/index.js'

const REQUESTER: Permission[] = ['exceptions.request']

export interface ActTold {
  transition: approvals.Transition
  by?: TestPerson
  step?: number
  to?: TestPerson
  reason?: string
  at?: Date
  evidenceIds?: string[]
}

/** Candidates, or who assigns. */
export type RuleStep = string[] | MessageInitShape<typeof rules.AssignmentSchema>

const toldStep = (step: RuleStep) => (Array.isArray(step) ? { candidateIds: step } : { assignment: step })

/** The exceptions service with a company around it: Ray and Rita request, Ann, Ben and Cem approve, Max reads everything. */
export class World {
  readonly service: ServiceUnderTest
  readonly clock: ManualClock
  readonly people: Record<'ray' | 'rita' | 'pilot' | 'ann' | 'ben' | 'cem' | 'max' | 'zoe', TestPerson>
  readonly ruleId = uuidv7()
  readonly groupId = uuidv7()
  readonly #acts = new Map<string, ActTold[]>()
  #reaches = 0

  private constructor(service: ServiceUnderTest, clock: ManualClock, people: World['people']) {
    this.service = service
    this.clock = clock
    this.people = people
  }

  static async start(clock: ManualClock): Promise<World> {
    const service = await ServiceUnderTest.start(exceptionsService, { clock })
    await service.role('developer', ...REQUESTER)
    await service.role('analyst', ...REQUESTER)
    await service.role('auditor', 'exceptions.read')
    const developer = { role: 'developer' }
    const people = {
      ray: await service.person('Ray', developer),
      rita: await service.person('Rita', developer),
      pilot: await service.person('Pilot', { role: 'analyst' }),
      ann: await service.person('Ann'),
      ben: await service.person('Ben'),
      cem: await service.person('Cem'),
      max: await service.person('Max', { role: 'auditor' }),
      zoe: await service.person('Zoe'),
    }
    const world = new World(service, clock, people)
    const group = { id: world.groupId, name: 'Leads', memberIds: [people.ben.id, people.cem.id, people.ray.id] }
    await service.tell({ case: 'group', value: group })
    // Two steps: Ann or Ben, then one of the leads; Ray is a lead himself.
    await world.rule('developer', [[people.ann.id, people.ben.id], [world.groupId]])
    await world.rule('analyst', null, { id: uuidv7() })
    await world.#heard()
    return world
  }

  async rule(role: string, steps: RuleStep[] | null, { id = this.ruleId, version = 1 } = {}): Promise<void> {
    await this.service.publish('rules.v1', {
      subjectId: id,
      version,
      body: {
        rule: {
          id,
          role,
          version,
          instructions: '',
          workflow:
            steps === null
              ? { case: 'autoPilot', value: {} }
              : { case: 'approvers', value: { steps: steps.map(toldStep) } },
        },
      },
    })
  }

  async query(id: string, expression: string, { version = 1, deleted = false } = {}): Promise<void> {
    const value = { id, name: 'Saved', folder: '', expression, version, deleted }
    await this.service.publish('scope.v1', { subjectId: id, version, body: { subject: { case: 'query', value } } })
  }

  async reach(exceptionId: string, instances: number, inForceSince?: Date): Promise<void> {
    const asOf = timestampFromDate(this.clock.now())
    const since = inForceSince === undefined ? {} : { inForceSince: timestampFromDate(inForceSince) }
    const value = { exceptionId, instances: BigInt(instances), asOf, ...since }
    await this.service.publish('scope.v1', {
      subjectId: exceptionId,
      version: ++this.#reaches,
      body: { subject: { case: 'reach', value } },
    })
  }

  /** A request of Ray's that is right, with changes. */
  request(changes: Record<string, unknown> = {}): Record<string, unknown> {
    const { ann, cem } = this.people
    return {
      name: 'Old log4j',
      justification: 'It is switched off next month.',
      riskAcknowledged: true,
      expression: 'kev && asset.name == "a"',
      approvers: [ann.id, cem.id],
      expiration: { type: 'never' },
      ...changes,
    }
  }

  /** Asks as Ray, who waits then for Ann and Cem. */
  async pending(changes: Record<string, unknown> = {}, by: TestPerson = this.people.ray): Promise<string> {
    const { status, body } = await by.post('/exceptions', this.request(changes))
    if (status !== 201) throw new Error(`refused: ${JSON.stringify(body)}`)
    return body.id
  }

  /** Asks under Auto Pilot. */
  async active(changes: Record<string, unknown> = {}): Promise<string> {
    return this.pending({ approvers: undefined, ...changes }, this.people.pilot)
  }

  /** What approvals would publish after these further acts. */
  async approval(exceptionId: string, ...acts: ActTold[]): Promise<void> {
    const all = this.#acts.get(exceptionId) ?? []
    this.#acts.set(exceptionId, all)
    for (const act of acts) {
      all.push({ at: this.clock.now(), ...act })
      await this.service.publish('approvals.v1', {
        subjectId: exceptionId,
        version: all.length + 1,
        body: approvalBody(exceptionId, all),
      })
    }
  }

  /** Both steps approved. */
  async approve(exceptionId: string): Promise<void> {
    const { ann, cem } = this.people
    await this.approval(
      exceptionId,
      { transition: approvals.Transition.STEP_APPROVED, by: ann, step: 0, reason: 'fine' },
      { transition: approvals.Transition.APPROVED, by: cem, step: 1 },
    )
    await this.until(exceptionId, ({ status }) => status === 'active')
  }

  // biome-ignore lint/suspicious/noExplicitAny: an answer's form is what the tests are about
  async read(id: string): Promise<any> {
    return (await this.people.max.get(`/exceptions/${id}`)).body
  }

  /** @returns it, once it is as wanted */
  // biome-ignore lint/suspicious/noExplicitAny: an answer's form is what the tests are about
  async until(id: string, wanted: (exception: any) => boolean, withinMs = 5_000): Promise<any> {
    const deadline = performance.now() + withinMs
    for (;;) {
      const exception = await this.read(id)
      if (wanted(exception)) return exception
      if (performance.now() > deadline) throw new Error(`after ${withinMs} ms it is ${JSON.stringify(exception)}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  /** What was published of an exception, oldest first. */
  async told(id: string, atLeast: number): Promise<exceptions.ExceptionsEvent[]> {
    const events = () => this.service.published('exceptions.v1').filter(({ meta }) => meta?.subjectId === id)
    for (let tries = 0; events().length < atLeast && tries < 500; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    return events()
  }

  close(): Promise<void> {
    return this.service.close()
  }

  /** The rules have arrived: both roles can ask. */
  async #heard(): Promise<void> {
    const database = this.service.database.open<{ known_rule: { id: string } }>()
    for (;;) {
      const rules = await database.db.selectFrom('known_rule').select('id').execute()
      if (rules.length === 2) return
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

export const approvalBody = (exceptionId: string, acts: readonly ActTold[]) => ({
  transition: acts.at(-1)?.transition ?? approvals.Transition.OPENED,
  approval: {
    exceptionId,
    acts: acts.map(({ transition, by, step, to, reason, at, evidenceIds }) => ({
      transition,
      at: timestampFromDate(at ?? new Date(0)),
      ...(by === undefined ? {} : { by: { id: by.id, name: by.name } }),
      ...(step === undefined ? {} : { step }),
      ...(to === undefined ? {} : { to: { id: to.id, name: to.name } }),
      reason: reason ?? '',
      evidenceIds: evidenceIds ?? [],
    })),
  },
})

export const { Transition: ApprovalTransition } = approvals
export const { Transition: ExceptionTransition } = exceptions
