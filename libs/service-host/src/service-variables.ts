import { integer, oneOf, text } from '@reprieve/config'
import { databaseVariables } from '@reprieve/database'
import { kafkaVariables } from '@reprieve/messaging'
import { z } from 'zod'

/** What every service's process reads from its environment, beside what the service itself reads. */
export const serviceVariables = z.object({
  ...kafkaVariables.shape,
  ...databaseVariables.shape,
  DATABASE_POOL: integer({ min: 2, max: 200 }).default(10).describe('Most connections of this process to it.'),
  HOST: text().default('0.0.0.0').describe('Address to listen on.'),
  PORT: integer({ min: 1, max: 65_535 }).default(8080).describe('Port to listen on.'),
  MIGRATE: oneOf('on', 'off')
    .default('on')
    .describe('Whether it brings its database up to date as it starts. With off it waits until something else has.'),
  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error').default('info').describe('How much is logged.'),
})
