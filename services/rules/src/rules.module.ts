import { Module } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { Outbox } from '@reprieve/outbox'
import type { People } from '@reprieve/people'
import { CLOCK, DATABASE, OUTBOX, PEOPLE, REPUBLISHERS } from '@reprieve/service-host'
import { AssignmentFieldsController } from './adapters/http/assignment-fields.controller.js'
import { RequestFormController } from './adapters/http/request-form.controller.js'
import { RuleController } from './adapters/http/rule.controller.js'
import { RuleCandidateController } from './adapters/http/rule-candidate.controller.js'
import { RulesRepublisher } from './adapters/messaging/rules.republisher.js'
import { RuleReader } from './adapters/postgres/rule.reader.js'
import { RuleRepository } from './adapters/postgres/rule.repository.js'
import { RuleCandidateReader } from './adapters/postgres/rule-candidate.reader.js'
import type { RulesTables } from './adapters/postgres/tables.js'
import { RuleService } from './application/rule.service.js'

/** Everything that the rules service is made of. */
@Module({
  controllers: [RuleController, RuleCandidateController, RequestFormController, AssignmentFieldsController],
  providers: [
    RuleRepository,
    ...[RuleReader, RuleCandidateReader].map((reader) => ({
      provide: reader,
      useFactory: (database: Database<RulesTables>) => new reader(database),
      inject: [DATABASE],
    })),
    {
      provide: RuleService,
      useFactory: (rules: RuleRepository, people: People, outbox: Outbox, clock: Clock) =>
        new RuleService(rules, people, outbox, clock),
      inject: [RuleRepository, PEOPLE, OUTBOX, CLOCK],
    },
    {
      provide: REPUBLISHERS,
      useFactory: (reader: RuleReader, clock: Clock) => [new RulesRepublisher(reader, clock)],
      inject: [RuleReader, CLOCK],
    },
  ],
  exports: [REPUBLISHERS],
})
export class RulesModule {}
