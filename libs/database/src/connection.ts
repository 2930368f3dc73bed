import { ConfigFault, flag, secret, secretUrl, text } from '@reprieve/config'
import { z } from 'zod'

/** Environment variables of a process that has a database. */
export const databaseVariables = z.object({
  DATABASE_URL: secretUrl('postgres:', 'postgresql:').describe(
    "The service's own PostgreSQL database, with its own role: `postgresql://host:5432/database`.",
  ),
  DATABASE_USER: text().optional().describe('Who signs in to it, where the address does not say.'),
  DATABASE_PASSWORD: secret().optional().describe('Password for it, where the address does not say.'),
  DATABASE_TLS: flag()
    .default(false)
    .describe(
      'Whether the server must speak TLS, with a certificate of its name; other ways (`?sslmode=…`) the address can say.',
    ),
  DATABASE_TLS_CA_PATH: text().optional().describe("File with the authority of the server's certificate, PEM."),
  DATABASE_TLS_CERTIFICATE_PATH: text().optional().describe('File with the client certificate, PEM.'),
  DATABASE_TLS_KEY_PATH: text().optional().describe("File with the client certificate's key, PEM."),
})

/**
 * What the variables say, as one address. Files are named in it and read for every connection, so that renewed certificates count.
 * @throws ConfigFault where half of a pair is missing, or two places say the same
 */
export function databaseUrl(config: z.output<typeof databaseVariables>): string {
  const url = new URL(config.DATABASE_URL.reveal())
  const { DATABASE_USER: user, DATABASE_PASSWORD: password } = config
  if (user !== undefined) {
    if (url.username !== '') throw fault('DATABASE_USER', 'is given, and DATABASE_URL names a user, too')
    url.username = encodeURIComponent(user)
  }
  if (password !== undefined) {
    if (url.password !== '') throw fault('DATABASE_PASSWORD', 'is given, and DATABASE_URL holds a password, too')
    if (url.username === '') throw fault('DATABASE_USER', 'is missing: there is a password, and nobody whose it is')
    url.password = encodeURIComponent(password.reveal())
  }
  for (const [name, value] of Object.entries(tlsOf(config, url))) url.searchParams.set(name, value)
  return url.href
}

function tlsOf(config: z.output<typeof databaseVariables>, url: URL): Record<string, string> {
  const { DATABASE_TLS_CA_PATH: ca, DATABASE_TLS_CERTIFICATE_PATH: certificate, DATABASE_TLS_KEY_PATH: key } = config
  if (!config.DATABASE_TLS) {
    if (ca ?? certificate ?? key) throw fault('DATABASE_TLS', 'must be true where DATABASE_TLS_…_PATH is given')
    return {}
  }
  if (url.searchParams.has('sslmode')) throw fault('DATABASE_TLS', 'is true, and DATABASE_URL says an sslmode, too')
  if ((certificate === undefined) !== (key === undefined)) {
    throw fault('DATABASE_TLS_CERTIFICATE_PATH', 'and DATABASE_TLS_KEY_PATH are given together or not at all')
  }
  return {
    sslmode: 'verify-full',
    ...(ca === undefined ? {} : { sslrootcert: ca }),
    ...(certificate === undefined || key === undefined ? {} : { sslcert: certificate, sslkey: key }),
  }
}

const fault = (name: string, detail: string): ConfigFault => new ConfigFault([{ name, detail }])
