import { readFileSync } from 'node:fs'
import { readConfig, describe as table } from '@reprieve/config'
import { describe, expect, it } from 'vitest'
import { addressesFrom, gatewayVariables } from './config.js'
import { FORWARDED_SERVICES } from './routes/route-table.js'

const addresses = Object.fromEntries(
  FORWARDED_SERVICES.map((name) => [`${name.toUpperCase()}_URL`, `http://${name}:8080`]),
)

describe('the configuration', () => {
  it('needs the address of every service, and nothing else', () => {
    const config = readConfig(gatewayVariables, addresses)
    expect(addressesFrom(config)).toEqual(
      Object.fromEntries(FORWARDED_SERVICES.map((name) => [name, `http://${name}:8080`])),
    )
    expect(config).toMatchObject({ PORT: 8080, RATE_LIMIT_PER_SECOND: 50, RATE_LIMIT_BURST: 200 })
    expect(() => readConfig(gatewayVariables, {})).toThrow(/DIRECTORY_URL[\s\S]*NOTIFICATIONS_URL/)
  })

  it('is told in the README as it is', () => {
    expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(table(gatewayVariables))
  })
})
