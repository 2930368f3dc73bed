import { afterAll, beforeAll, expect, it } from 'vitest'
import { observed, scanCompleted } from './events.js'
import { type RunningScope, runScope } from './running-scope.js'

let scope: RunningScope
beforeAll(async () => {
  scope = await runScope()
})
afterAll(async () => {
  await scope.close()
})

it('An observed vulnerability is listed, and an exception whose query selects it covers it', async () => {
  const reply = await scope.publish(observed(), observed({ vulnerability: { id: 'CVE-2024-2222' } }), scanCompleted(2))
  expect(reply).toMatchObject({ status: 202, body: { accepted: 3, rejected: 0, errors: [] } })
  const all = await scope.api('GET /instances', scope.admin)
  expect(all.body).toMatchObject({ count: { value: 2, exact: true }, nextCursor: null })

  const id = await scope.tell({ expression: 'vulnerability == "CVE-2024-1111"' })
  const covered = await scope.api('GET /instances?coverage=covered', scope.admin)
  expect(covered.body.items).toMatchObject([{ vulnerability: 'CVE-2024-1111', coveredBy: [id] }])
  const uncovered = await scope.api('GET /instances?coverage=uncovered', scope.admin)
  expect(uncovered.body.items).toMatchObject([{ vulnerability: 'CVE-2024-2222', coveredBy: [] }])

  await scope.publish(observed({ asset: { name: 'web-02', type: 'ASSET_TYPE_HOST' } }))
  const later = await scope.api('GET /instances?coverage=covered', scope.admin)
  expect(later.body.count.value).toBe(2)
})
