import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
// @ts-expect-error a script without types
import { apiTypes } from '../../api-types.mjs'

describe('the types of the API', () => {
  it('are those of its document: npm run openapi', async () => {
    const document = JSON.parse(
      readFileSync(new URL('../../../services/gateway/openapi.json', import.meta.url), 'utf8'),
    ) as object
    const types = (await apiTypes(document)) as string
    expect(readFileSync(new URL('./schema.gen.ts', import.meta.url), 'utf8') === types).toBe(true)
  }, 30_000)
})
