import { Controller, Inject } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import type { redrives } from '@reprieve/contracts'
import { type Carrier, Consumes, REDRIVE_HEADERS } from '@reprieve/messaging'
import { CARRIER } from '@reprieve/service-host'
import { INGEST_GROUP, INSTANCES_TOPIC } from './ingest.subscription.js'

/**
 * Puts an instance record that was refused back on its topic. Ingest keeps its position in that topic with the data, so it takes records
 * from there only; it is also the one consumer there is, and what it has taken in already it does not take in twice.
 */
@Controller()
export class IngestRedrivesConsumer {
  constructor(@Inject(CARRIER) private readonly carrier: Carrier) {}

  @Consumes('redrives.v1', { consumer: 'ingest-redrives' })
  async redriven(
    @Payload() { group, deadLetterId, redrive, key, value, headers }: redrives.RedriveEvent,
  ): Promise<void> {
    if (group !== INGEST_GROUP) return
    await this.carrier.publish([
      {
        topic: INSTANCES_TOPIC,
        key: Buffer.from(key).toString(),
        value,
        headers: {
          ...headers,
          [REDRIVE_HEADERS.of]: deadLetterId,
          [REDRIVE_HEADERS.number]: String(redrive),
        },
      },
    ])
  }
}
