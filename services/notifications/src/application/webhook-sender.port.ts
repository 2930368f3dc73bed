export interface WebhookRequest {
  url: string
  headers: Readonly<Record<string, string>>
  body: string
  /** Canonical: their addresses may be private ones, and plain http. */
  allowedHosts: ReadonlySet<string>
}

export interface WebhookAnswer {
  status: number
  /** Its `Retry-After`. */
  retryAfter: string | undefined
}

/** No answer came. Its message is for people: no secret, no body. */
export class WebhookNotSentError extends Error {
  override readonly name = 'WebhookNotSentError'
}

export interface WebhookSender {
  /**
   * Posts it, follows no redirect, and connects to no address that is not allowed.
   * @param signal ends it early
   * @throws WebhookNotSentError
   */
  send(request: WebhookRequest, signal: AbortSignal): Promise<WebhookAnswer>
}
