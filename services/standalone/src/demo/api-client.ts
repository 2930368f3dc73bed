/** An answer of the API that was not the one the demo counts on. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault'
}

/** Speaks to the gateway like any other client: the demo company comes in through the same door as a real one. */
export class ApiClient {
  readonly #base: string
  readonly #token: string | null

  constructor(base: string, token: string | null = null) {
    this.#base = base
    this.#token = token
  }

  async signIn(email: string, password: string): Promise<ApiClient> {
    const { accessToken } = await this.post<{ accessToken: string }>('/session', { email, password })
    return new ApiClient(this.#base, accessToken)
  }

  get<T>(path: string): Promise<T> {
    return this.#call<T>('GET', path)
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.#call<T>('POST', path, JSON.stringify(body), 'application/json')
  }

  /** Whatever it was before. */
  put<T>(path: string, body: unknown): Promise<T> {
    return this.#call<T>('PUT', path, JSON.stringify(body), 'application/json', { 'if-match': '*' })
  }

  /** Whatever it was before. */
  patch<T>(path: string, body: unknown): Promise<T> {
    return this.#call<T>('PATCH', path, JSON.stringify(body), 'application/json', { 'if-match': '*' })
  }

  postLines<T>(path: string, lines: readonly unknown[]): Promise<T> {
    return this.#call<T>('POST', path, lines.map((line) => JSON.stringify(line)).join('\n'), 'application/x-ndjson')
  }

  async #call<T>(
    method: string,
    path: string,
    body?: string,
    contentType?: string,
    headers: Record<string, string> = {},
  ): Promise<T> {
    for (;;) {
      const response = await fetch(`${this.#base}/api/v1${path}`, {
        method,
        ...(body === undefined ? {} : { body }),
        headers: {
          ...headers,
          ...(contentType === undefined ? {} : { 'content-type': contentType }),
          ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
        },
      })
      const text = await response.text()
      if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T
      // Both say that the same request may be sent again.
      if (response.status === 429 || response.status === 503) {
        await new Promise((resolve) => setTimeout(resolve, Number(response.headers.get('retry-after') ?? 1) * 1_000))
        continue
      }
      throw new ApiFault(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`)
    }
  }
}
