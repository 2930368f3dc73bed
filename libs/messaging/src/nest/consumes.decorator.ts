import { EventPattern } from '@nestjs/microservices'
import type { ConsumerOptions } from './consumer-options.js'

/** `@EventPattern` with its options typed, for handlers that also take the context (Nest's own types refuse those). */
export const Consumes = (topic: string, options: ConsumerOptions = {}): MethodDecorator =>
  EventPattern<string>(topic, { ...options })
