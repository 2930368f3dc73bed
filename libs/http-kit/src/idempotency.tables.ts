/** As `migrations/` make it. */
export interface IdempotencyTables {
  idempotency_key: {
    principal_id: string
    key: string
    fingerprint: string
    status: number | null
    headers: string | null
    body: string | null
    created_at: Date
  }
}
