import { Controller, Inject, type Type } from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'
import type { TopicName } from '@reprieve/contracts'
import type { Database } from '@reprieve/database'
import { defineRoute, Route } from '@reprieve/http-kit'
import type { Outbox } from '@reprieve/outbox'
import { z } from 'zod'
import type { Republisher } from './definition.js'
import type { HostTables } from './host.module.js'
import { DATABASE, OUTBOX, REPUBLISHERS } from './tokens.js'

/** The routes through which a service publishes all that it owns again, one for each of its topics. */
export const republicationRoutes = (topics: readonly TopicName[]) =>
  topics.map((topic) =>
    defineRoute({
      method: 'POST',
      path: `/republications/${topic}`,
      operation: `republish_${topic.replaceAll('.', '_')}`,
      summary: `Publish everything on ${topic} again`,
      description: 'Every aggregate as it is now, marked as a replay: read models follow, and nobody is told of it.',
      tag: 'Operations',
      access: 'operations.manage',
      answers: {
        202: z
          .object({ topic: z.string(), published: z.int() })
          .meta({ description: 'How many aggregates are on their way.' }),
      },
    }),
  )

/**
 * Publishes every aggregate of one topic again, marked as a replay.
 * @returns how many are on their way
 */
export async function republish(
  republisher: Republisher,
  database: Database<HostTables>,
  outbox: Outbox,
): Promise<number> {
  const { topic } = republisher
  let published = 0
  for await (const batch of republisher.events()) {
    await database.transaction((tx) => outbox.append(tx, ...batch.map((event) => ({ ...event, topic, replay: true }))))
    published += batch.length
  }
  return published
}

/** A controller for the republishers of one service. */
export function republicationController(topics: readonly TopicName[]): Type[] {
  return republicationRoutes(topics).map((route, index) => {
    const topic = topics[index] as TopicName

    @Controller()
    class RepublicationController {
      constructor(
        // The service's own module provides them, wherever in it that is.
        @Inject(ModuleRef) private readonly modules: ModuleRef,
        @Inject(DATABASE) private readonly database: Database<HostTables>,
        @Inject(OUTBOX) private readonly outbox: Outbox,
      ) {}

      @Route(route)
      async republish(): Promise<{ topic: string; published: number }> {
        const republishers = this.modules.get<readonly Republisher[]>(REPUBLISHERS, { strict: false })
        const republisher = republishers.find((candidate) => candidate.topic === topic)
        const published = republisher === undefined ? 0 : await republish(republisher, this.database, this.outbox)
        return { topic, published }
      }
    }
    return RepublicationController
  })
}
