import { flag, secret, text, url } from '@reprieve/config'
import { z } from 'zod'
import type { S3Settings } from './adapters/evidence/s3.store.js'

/** What exceptions reads from its environment, beside what every service does. */
export const exceptionsVariables = z.object({
  EVIDENCE_S3_BUCKET: text()
    .optional()
    .describe('Bucket for evidence files. Without it they are kept in the database.'),
  EVIDENCE_S3_PREFIX: text().optional().describe('Goes before the name of each of its objects: `evidence/`.'),
  EVIDENCE_S3_REGION: text().default('us-east-1').describe('Its region.'),
  EVIDENCE_S3_ENDPOINT: url('https:', 'http:')
    .optional()
    .describe('Address of a store beside Amazon’s that speaks its protocol.'),
  EVIDENCE_S3_PATH_STYLE: flag()
    .default(false)
    .describe('The bucket goes into the path rather than the host name, as most of those want it.'),
  EVIDENCE_S3_ACCESS_KEY_ID: text()
    .optional()
    .describe('Key for the bucket. Without it, as the AWS SDK finds one (a role of the machine or pod, …).'),
  EVIDENCE_S3_SECRET_ACCESS_KEY: secret().optional().describe('Secret for that key.'),
})

export type ExceptionsConfig = z.output<typeof exceptionsVariables>

/** The bucket for evidence, or null where there is none. @throws where half of a key is given */
export function s3Settings(config: ExceptionsConfig): S3Settings | null {
  const { EVIDENCE_S3_BUCKET: bucket, EVIDENCE_S3_ACCESS_KEY_ID: accessKeyId } = config
  if (bucket === undefined) return null
  const secretAccessKey = config.EVIDENCE_S3_SECRET_ACCESS_KEY
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    throw new Error('EVIDENCE_S3_ACCESS_KEY_ID and EVIDENCE_S3_SECRET_ACCESS_KEY are given together or not at all')
  }
  return {
    bucket,
    prefix: config.EVIDENCE_S3_PREFIX ?? '',
    region: config.EVIDENCE_S3_REGION,
    endpoint: config.EVIDENCE_S3_ENDPOINT ?? null,
    pathStyle: config.EVIDENCE_S3_PATH_STYLE,
    credentials: accessKeyId === undefined || secretAccessKey === undefined ? null : { accessKeyId, secretAccessKey },
  }
}
