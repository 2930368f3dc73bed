import { Controller, Inject } from '@nestjs/common'
import { can } from '@reprieve/auth'
import {
  type Answer,
  etagOf,
  Problem,
  Route,
  type RouteInput,
  requireMatch,
  type WriteTransactions,
} from '@reprieve/http-kit'
import { WRITES } from '@reprieve/service-host'
import type { KeptPreferences } from '../../application/preference-store.port.js'
import { REQUIRED_KINDS } from '../../domain/notice-kind.js'
import { allWanted, switchedOffWrongly } from '../../domain/preferences.js'
import { PreferenceRepository } from '../postgres/preference.repository.js'
import type { NotificationsTables } from '../postgres/tables.js'
import { getPreferences, putPreferences } from './preferences.routes.js'

const answer = ({ preferences, version }: KeptPreferences): Answer => ({
  status: 200,
  body: { kinds: allWanted(preferences), digest: preferences.digest, required: [...REQUIRED_KINDS] },
  headers: { etag: etagOf(version) },
})

const notAllowed = () => new Problem('NOT_ALLOWED', 'A token with narrowed permissions does not reach preferences.')

@Controller()
export class PreferencesController {
  constructor(
    @Inject(PreferenceRepository) private readonly preferences: PreferenceRepository,
    @Inject(WRITES) private readonly writes: WriteTransactions<NotificationsTables>,
  ) {}

  @Route(getPreferences)
  async get({ principal }: RouteInput<typeof getPreferences>) {
    if (!can(principal, 'preferences.read', { ownerId: principal.id })) throw notAllowed()
    return answer(await this.preferences.find(principal.id))
  }

  @Route(putPreferences)
  async put(input: RouteInput<typeof putPreferences>) {
    const { principal, body } = input
    if (!can(principal, 'preferences.write', { ownerId: principal.id })) throw notAllowed()
    const { kinds, digest } = body
    const wrong = switchedOffWrongly(kinds)
    if (wrong.length > 0) {
      throw new Problem('INVALID', 'Some of these cannot be switched off: others wait for you.', {
        errors: wrong.map(({ kind, channel }) => ({
          pointer: `/kinds/${kind}/${channel}`,
          detail: 'Cannot be switched off. The day’s mail can collect it.',
        })),
      })
    }
    return await this.writes.run(input, async (tx) => {
      const { version } = await this.preferences.lock(tx, principal.id)
      requireMatch(input.ifMatch, etagOf(version))
      const kept = { preferences: { kinds, digest }, version: version + 1 }
      await this.preferences.save(tx, principal.id, kept)
      return answer(kept)
    })
  }
}
