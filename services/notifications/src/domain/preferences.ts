import { NOTICE_KINDS, type NoticeKind, REQUIRED_KINDS } from './notice-kind.js'

export const CHANNELS = ['mail', 'inApp'] as const
export type Channel = (typeof CHANNELS)[number]

export type Wanted = Readonly<Record<Channel, boolean>>

export interface Digest {
  enabled: boolean
  /** 0 to 23, in the person's time zone. */
  hour: number
  /** IANA name: `Europe/Zurich`. */
  timeZone: string
}

/** What a person wants to hear, and how. */
export interface Preferences {
  /** Only what differs from everything on. */
  kinds: Readonly<Partial<Record<NoticeKind, Wanted>>>
  digest: Digest
}

export const DEFAULT_PREFERENCES: Preferences = {
  kinds: {},
  digest: { enabled: false, hour: 8, timeZone: 'UTC' },
}

const ALL: Wanted = { mail: true, inApp: true }

/** How somebody is told of a kind. What cannot be switched off is on, whatever was stored by an older version. */
export const wanted = ({ kinds }: Preferences, kind: NoticeKind): Wanted =>
  REQUIRED_KINDS.has(kind) ? ALL : (kinds[kind] ?? ALL)

/** The kinds and channels that would be switched off and cannot be. */
export function switchedOffWrongly(kinds: Preferences['kinds']): Array<{ kind: NoticeKind; channel: Channel }> {
  return [...REQUIRED_KINDS].flatMap((kind) =>
    CHANNELS.filter((channel) => kinds[kind]?.[channel] === false).map((channel) => ({ kind, channel })),
  )
}

/** Every kind with what is on. */
export const allWanted = (preferences: Preferences): Record<NoticeKind, Wanted> =>
  Object.fromEntries(NOTICE_KINDS.map((kind) => [kind, wanted(preferences, kind)])) as Record<NoticeKind, Wanted>

/** Only what is off somewhere, to be stored. */
export const onlyOff = (kinds: Preferences['kinds']): Preferences['kinds'] =>
  Object.fromEntries(Object.entries(kinds).filter(([, channels]) => !channels.mail || !channels.inApp))
