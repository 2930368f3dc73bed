// Kafka, and PostgreSQL with scope's database, for one bench.
import { KafkaCarrier } from '@reprieve/messaging'
import { startKafka } from '@reprieve/testing/kafka-broker'
import pg from 'pg'
import { withCluster } from './cluster.mjs'
import { scopeDatabase } from './scope-database.mjs'
import { declareTopics } from './scope-service.mjs'

/**
 * Hands `work` the database's address, the brokers, a pool to look with and a carrier to publish with; takes all of it away afterwards.
 * @param id of the result that says that there is no Kafka at hand
 */
export async function withScope(id, work) {
  const kafka = await startKafka()
  if (kafka === null) {
    const detail = 'no Kafka at hand: give KAFKA_BROKERS, Docker, or Java 17 and Maven'
    return [{ id, value: 0, unit: '', goal: null, holds: null, detail }]
  }
  try {
    return await withCluster(async ({ database }) => {
      const url = await scopeDatabase(database)
      const { brokers } = kafka
      const pool = new pg.Pool({ connectionString: url, max: 2 })
      // PostgreSQL stops at the end, and may do so before the pool has let go of it.
      pool.on('error', () => {})
      const carrier = new KafkaCarrier({ brokers, clientId: 'bench' })
      try {
        await declareTopics(carrier, ['exceptions.v1', 'scanner.instances.v1'])
        return await work({ url, brokers, pool, carrier })
      } finally {
        await carrier.close()
        await pool.end()
      }
    })
  } finally {
    await kafka.close()
  }
}
