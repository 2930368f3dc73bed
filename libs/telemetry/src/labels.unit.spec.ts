import { describe, expect, it } from 'vitest'
import { isAllowedAttribute, METRICS } from './index.js'

// Words that name somebody, or something that only they know. A label that needs one of them is no label.
const TELLING =
  /(^|[._])(user|actor|person|name|mail\.(address|subject)|email|recipient|subject|address|ip|token|secret|password|cookie|session|justification|comment|expression|body|value|key|url)([._]|$)/

describe('what telemetry can say', () => {
  it.each(Object.entries(METRICS))(
    'of %s is labelled by what is on the list, and by nothing that names somebody',
    (_, { labels }) => {
      for (const label of labels) {
        expect(isAllowedAttribute(label), label).toBe(true)
        // These name a topic, a consumer group: things of ours.
        if (label.startsWith('messaging.')) continue
        expect(label).not.toMatch(TELLING)
      }
    },
  )

  it('has a unit and a description each, in one form', () => {
    for (const [name, { unit, description }] of Object.entries(METRICS)) {
      expect(name).toMatch(/^(reprieve|http)(\.[a-z_]+)+$/)
      expect(unit).toMatch(/^(s|By|\{[a-z]+\})$/)
      expect(description.length).toBeGreaterThan(10)
    }
  })
})
