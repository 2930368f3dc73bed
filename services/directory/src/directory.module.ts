import { Inject, Module, type OnModuleInit } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import { ConfigFault, type Environment } from '@reprieve/config'
import type { Database } from '@reprieve/database'
import { Problem } from '@reprieve/http-kit'
import type { Outbox } from '@reprieve/outbox'
import { PeopleReplica } from '@reprieve/people'
import {
  BACKGROUND,
  CLOCK,
  DATABASE,
  ENVIRONMENT,
  LOGGER,
  OUTBOX,
  REPUBLISHERS,
  RepeatedWork,
} from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import { KeyRotation } from './adapters/background/key-rotation.js'
import { NoKeySeal, SecretKeySeal } from './adapters/crypto/key-seal.js'
import { QueuedPasswordHasher } from './adapters/crypto/queued-password-hasher.js'
import { COOKIE_SETTINGS } from './adapters/http/cookie-settings.js'
import { GroupController } from './adapters/http/group.controller.js'
import { RoleController } from './adapters/http/role.controller.js'
import { SessionController } from './adapters/http/session.controller.js'
import { SigningKeyController } from './adapters/http/signing-key.controller.js'
import { TokenController } from './adapters/http/token.controller.js'
import { UserController } from './adapters/http/user.controller.js'
import { DirectoryRepublisher } from './adapters/messaging/directory.republisher.js'
import { FailedSignInRepository } from './adapters/postgres/failed-sign-in.repository.js'
import { GroupReader } from './adapters/postgres/group.reader.js'
import { GroupRepository } from './adapters/postgres/group.repository.js'
import { RoleReader } from './adapters/postgres/role.reader.js'
import { RoleRepository } from './adapters/postgres/role.repository.js'
import { SigningKeyRepository } from './adapters/postgres/signing-key.repository.js'
import type { DirectoryTables } from './adapters/postgres/tables.js'
import { TokenReader } from './adapters/postgres/token.reader.js'
import { TokenRepository } from './adapters/postgres/token.repository.js'
import { UserReader } from './adapters/postgres/user.reader.js'
import { UserRepository } from './adapters/postgres/user.repository.js'
import { DirectoryJournal } from './application/directory-journal.js'
import { FirstStart } from './application/first-start.js'
import { GroupService } from './application/group.service.js'
import { PasswordPolicy } from './application/password-policy.js'
import { RoleService } from './application/role.service.js'
import { SessionService } from './application/session.service.js'
import { SigningKeyService } from './application/signing-key.service.js'
import { TokenService } from './application/token.service.js'
import { UserService } from './application/user.service.js'
import { ANNOUNCED_FOR_MS, LONGEST_TOKEN_LIFE_MS } from './domain/signing-key.js'
import { type DirectorySettings, readSettings } from './settings.js'

const SETTINGS = Symbol('SETTINGS')
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
const END_IDLE_EVERY_MS = 10_000

type TheDatabase = Database<DirectoryTables>

/** Everything that the directory is made of. */
@Module({
  controllers: [
    SessionController,
    UserController,
    GroupController,
    RoleController,
    TokenController,
    SigningKeyController,
  ],
  providers: [
    { provide: SETTINGS, useFactory: (environment: Environment) => readSettings(environment), inject: [ENVIRONMENT] },
    {
      provide: COOKIE_SETTINGS,
      useFactory: (settings: DirectorySettings) => ({ secure: settings.PUBLIC_URL?.startsWith('https:') ?? false }),
      inject: [SETTINGS],
    },
    UserRepository,
    RoleRepository,
    GroupRepository,
    TokenRepository,
    SigningKeyRepository,
    FailedSignInRepository,
    QueuedPasswordHasher,
    ...[UserReader, GroupReader, RoleReader, TokenReader].map((reader) => ({
      provide: reader,
      useFactory: (database: TheDatabase) => new reader(database),
      inject: [DATABASE],
    })),
    {
      provide: DirectoryJournal,
      useFactory: (outbox: Outbox, replica: PeopleReplica) => new DirectoryJournal(outbox, replica),
      inject: [OUTBOX, PeopleReplica],
    },
    {
      provide: PasswordPolicy,
      useFactory: (hasher: QueuedPasswordHasher, settings: DirectorySettings) =>
        new PasswordPolicy(hasher, settings.REPRIEVE_PASSWORD_LENGTH),
      inject: [QueuedPasswordHasher, SETTINGS],
    },
    {
      provide: SigningKeyService,
      useFactory: (
        keys: SigningKeyRepository,
        journal: DirectoryJournal,
        clock: Clock,
        settings: DirectorySettings,
      ) => {
        const given = settings.REPRIEVE_KEY_ENCRYPTION_SECRET
        return new SigningKeyService(
          keys,
          given === undefined ? new NoKeySeal() : new SecretKeySeal(given),
          journal,
          clock,
          {
            signsForMs: settings.REPRIEVE_SIGNING_KEY_DAYS * 24 * HOUR_MS,
            announcedForMs: ANNOUNCED_FOR_MS,
            longestTokenMs: LONGEST_TOKEN_LIFE_MS,
          },
        )
      },
      inject: [SigningKeyRepository, DirectoryJournal, CLOCK, SETTINGS],
    },
    {
      provide: UserService,
      useFactory: (
        users: UserRepository,
        roles: RoleRepository,
        tokens: TokenRepository,
        journal: DirectoryJournal,
        clock: Clock,
      ) => new UserService(users, roles, tokens, journal, clock),
      inject: [UserRepository, RoleRepository, TokenRepository, DirectoryJournal, CLOCK],
    },
    {
      provide: GroupService,
      useFactory: (groups: GroupRepository, users: UserRepository, journal: DirectoryJournal, clock: Clock) =>
        new GroupService(groups, users, journal, clock),
      inject: [GroupRepository, UserRepository, DirectoryJournal, CLOCK],
    },
    {
      provide: RoleService,
      useFactory: (roles: RoleRepository, journal: DirectoryJournal, clock: Clock) =>
        new RoleService(roles, journal, clock),
      inject: [RoleRepository, DirectoryJournal, CLOCK],
    },
    {
      provide: TokenService,
      useFactory: (
        tokens: TokenRepository,
        users: UserRepository,
        roles: RoleRepository,
        keys: SigningKeyService,
        journal: DirectoryJournal,
        clock: Clock,
      ) => new TokenService(tokens, users, roles, keys, journal, clock),
      inject: [TokenRepository, UserRepository, RoleRepository, SigningKeyService, DirectoryJournal, CLOCK],
    },
    {
      provide: SessionService,
      useFactory: (
        database: TheDatabase,
        users: UserRepository,
        tokens: TokenRepository,
        failures: FailedSignInRepository,
        keys: SigningKeyService,
        passwords: QueuedPasswordHasher,
        journal: DirectoryJournal,
        clock: Clock,
        settings: DirectorySettings,
      ) =>
        new SessionService({
          database,
          users,
          tokens,
          failures,
          keys,
          passwords,
          journal,
          clock,
          settings: {
            sessionMs: settings.REPRIEVE_SESSION_HOURS * HOUR_MS,
            idleMs: settings.REPRIEVE_SESSION_IDLE_MINUTES * MINUTE_MS,
            failuresAMinute: settings.FAILED_SIGN_INS_PER_MINUTE,
          },
        }),
      inject: [
        DATABASE,
        UserRepository,
        TokenRepository,
        FailedSignInRepository,
        SigningKeyService,
        QueuedPasswordHasher,
        DirectoryJournal,
        CLOCK,
        SETTINGS,
      ],
    },
    {
      provide: FirstStart,
      useFactory: (
        database: TheDatabase,
        roles: RoleRepository,
        users: UserRepository,
        userService: UserService,
        keys: SigningKeyService,
        passwords: PasswordPolicy,
        journal: DirectoryJournal,
        clock: Clock,
      ) => new FirstStart({ database, roles, users, userService, keys, passwords, journal, clock }),
      inject: [
        DATABASE,
        RoleRepository,
        UserRepository,
        UserService,
        SigningKeyService,
        PasswordPolicy,
        DirectoryJournal,
        CLOCK,
      ],
    },
    {
      provide: REPUBLISHERS,
      useFactory: (database: TheDatabase, keys: SigningKeyRepository, clock: Clock) => [
        new DirectoryRepublisher(database, keys, clock),
      ],
      inject: [DATABASE, SigningKeyRepository, CLOCK],
    },
    {
      provide: BACKGROUND,
      useFactory: (database: TheDatabase, keys: SigningKeyService, sessions: SessionService, logger: Logger) => [
        new KeyRotation(database, keys, logger),
        new RepeatedWork({
          name: 'ending idle sessions',
          everyMs: END_IDLE_EVERY_MS,
          work: () => sessions.endIdle(),
          logger,
        }),
      ],
      inject: [DATABASE, SigningKeyService, SessionService, LOGGER],
    },
  ],
  exports: [REPUBLISHERS, BACKGROUND],
})
export class DirectoryModule implements OnModuleInit {
  readonly #firstStart: FirstStart
  readonly #settings: DirectorySettings
  readonly #logger: Logger

  constructor(
    @Inject(FirstStart) firstStart: FirstStart,
    @Inject(SETTINGS) settings: DirectorySettings,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#firstStart = firstStart
    this.#settings = settings
    this.#logger = logger
  }

  /** Before anything is served: nobody can sign in without roles and a key. */
  async onModuleInit(): Promise<void> {
    const { REPRIEVE_ADMIN_EMAIL: email, REPRIEVE_ADMIN_PASSWORD: password, REPRIEVE_ADMIN_NAME: name } = this.#settings
    const admin = email === undefined || password === undefined ? null : { email, password: password.reveal(), name }
    const { rolesMade, adminMade } = await this.#firstStart.run(admin).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error
      // What is wrong with the administrator's data is wrong with the configuration.
      throw new ConfigFault([{ name: 'REPRIEVE_ADMIN_PASSWORD', detail: error.detail }])
    })
    if (rolesMade.length > 0) this.#logger.info({ roles: rolesMade }, 'built-in roles are up to date')
    if (adminMade) this.#logger.info({}, 'the first administrator was made')
    if (this.#settings.REPRIEVE_KEY_ENCRYPTION_SECRET === undefined) {
      this.#logger.warn(
        {},
        'signing keys are kept unsealed in the database: give REPRIEVE_KEY_ENCRYPTION_SECRET to seal them',
      )
    }
  }
}
