interface Versioned {
  /** Unix milliseconds: which life of the directory's database the version counts in. */
  incarnation: number
  version: number
}

/** The tables of `migrations/`, for services to add to their own. */
export interface PeopleTables {
  people_person: Versioned & {
    id: string
    email: string
    name: string
    role: string
    active: boolean
    kind: 'person' | 'service'
  }
  people_person_group: Versioned & { id: string; name: string }
  people_person_group_member: { group_id: string; person_id: string }
  people_person_role: Versioned & { name: string; permissions: string[] }
  people_signing_key: Versioned & { kid: string; public_jwk: string; retired_at: Date | null }
  people_access_token: Versioned & { id: string; person_id: string; expires_at: Date; revoked_at: Date | null }
}
