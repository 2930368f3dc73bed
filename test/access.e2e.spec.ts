import 'reflect-metadata'
import { PERMISSIONS } from '@reprieve/auth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Caller, Cast, HOLDERS, NOBODIES, PASSWORD, SIGNED_IN } from './support/access/cast.js'
import { type Ask, type Case, MATRIX } from './support/access/matrix.js'
import { Stage } from './support/access/stage.js'
import { Api, type ApiAnswer } from './support/api.js'
import { ApiDocument } from './support/api-document.js'
import { type SystemInProcess, startSystemInProcess } from './support/system-in-process.js'

const ADMIN = 'first@reprieve.example'
const document = new ApiDocument()
const routes = document.operations.map((operation) => ({ name: `${operation.method} ${operation.path}`, operation }))
const cases = routes.flatMap(({ name, operation }) =>
  (MATRIX[name] ?? []).map((one) => ({
    route: `${name}${one.to === undefined ? '' : ` (${one.to})`}`,
    operation,
    one,
  })),
)
type Refusal = { code?: string }

describe('who may call which route', () => {
  let system: SystemInProcess
  let stage: Stage

  beforeAll(async () => {
    const limits = { requestsPerSecond: 100_000, requestsBurst: 100_000 }
    system = await startSystemInProcess({ email: ADMIN, password: PASSWORD }, { limits })
    stage = new Stage(system, await Cast.assemble(system, ADMIN))
    await stage.set()
  })
  afterAll(async () => system?.close())

  it('is written down for every route of the document, and for no other', () => {
    expect(Object.keys(MATRIX).sort()).toEqual(routes.map(({ name }) => name).sort())
    for (const [name, all] of Object.entries(MATRIX)) expect(all.length, name).toBeGreaterThan(0)
  })

  it('is told by the document as it is written down here', () => {
    for (const { route, operation, one } of cases) {
      const { permissions } = operation
      const told =
        permissions === null ? [...SIGNED_IN, ...NOBODIES] : SIGNED_IN.filter((who) => holdsAny(who, permissions))
      // Beside the permission a route may ask what one is to the thing: never more than the document says, perhaps fewer.
      expect(
        one.may.filter((who) => !(told as readonly Caller[]).includes(who)),
        route,
      ).toEqual([])
    }
  })

  it.each(cases)('$route', async ({ operation, one }) => {
    const wrong: string[] = []
    for (const who of [...SIGNED_IN, ...NOBODIES]) {
      const may = one.may.includes(who)
      const ask = (await one.ask?.(stage, who, may)) ?? {}
      const answer = await (one.endless && may && who !== 'nobody' ? begin(operation, who) : call(operation, who, ask))
      if (!isExpected(answer, who, may, one)) {
        wrong.push(`${who} ${may ? 'may' : 'may not'}, and was answered ${answer.status} ${answer.body.code ?? ''}`)
      }
    }
    expect(wrong).toEqual([])
  })

  function call(
    { method, path }: { method: string; path: string },
    who: Caller,
    ask: Ask,
  ): Promise<ApiAnswer<Refusal>> {
    const params = [...(ask.params ?? [])]
    const at = path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(params.shift() ?? 'missing')) + (ask.query ?? '')
    const body = ask.body === undefined || typeof ask.body === 'string' ? ask.body : JSON.stringify(ask.body)
    const type = body === undefined ? {} : { 'content-type': ask.type ?? 'application/json' }
    const api = ask.token === undefined ? stage.cast.as(who) : new Api(system.gateway.url, ask.token)
    return api.call(method, at, body as string | undefined, { ...type, ...ask.headers })
  }

  /** Of a stream that does not end only how it begins. */
  async function begin({ path }: { path: string }, who: Exclude<Caller, 'nobody'>): Promise<ApiAnswer<Refusal>> {
    const headers = { authorization: `Bearer ${stage.cast.player(who).token}` }
    const response = await fetch(`${system.gateway.url}/api/v1${path}`, { headers })
    await response.body?.cancel()
    return { status: response.status, headers: response.headers, body: {} }
  }
})

const holdsAny = (who: (typeof SIGNED_IN)[number], permissions: readonly string[]): boolean =>
  permissions.length === 0 || PERMISSIONS.some((name) => permissions.includes(name) && HOLDERS[name].includes(who))

// What is said to somebody who may not: not that the time is wrong, or that there is no rule.
const NO = ['NOT_PERMITTED', 'NOT_ALLOWED', 'NOT_YOUR_STEP']

function isExpected({ status, body }: ApiAnswer<Refusal>, who: Caller, may: boolean, one: Case): boolean {
  if (may) return one.answer === undefined ? status >= 200 && status < 300 : status === one.answer
  if ((NOBODIES as readonly Caller[]).includes(who)) return status === 401 && body.code === 'UNAUTHENTICATED'
  return status === (one.refusal ?? 403) && (status !== 403 || NO.includes(body.code ?? ''))
}
