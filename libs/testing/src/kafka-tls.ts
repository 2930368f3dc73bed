import { readFile, writeFile } from 'node:fs/promises'
import type { Authority, Certificate } from './authority.js'

/** A broker's settings for speaking TLS with a certificate of its own. */
export async function tlsSettings(
  authority: Authority,
  { certificate, key }: Certificate,
): Promise<Record<string, string>> {
  const both = certificate.replace(/\.pem$/, '.both.pem')
  await writeFile(both, `${await readFile(key, 'utf8')}${await readFile(certificate, 'utf8')}`)
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': both,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': authority.file,
  }
}
