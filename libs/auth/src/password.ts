import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(argon2)

/**
 * OWASP's first choice for argon2id: 19 MiB and two passes on one lane. About 40 ms of one core, so that a sign-in is not felt, while a
 * thousand guesses cost 19 GiB·passes of memory traffic; more memory would let a burst of sign-ins starve a small machine.
 */
const PARAMETERS = { memory: 19_456, passes: 2, parallelism: 1 } as const
const TAG_BYTES = 32
const SALT_BYTES = 16

/** Of a password, in UTF-8 bytes after normalisation: beyond it hashing would be a way to keep us busy. */
export const MAX_PASSWORD_BYTES = 1_024
/** The least that NIST SP 800-63B allows; an installation can ask for more. */
export const MIN_PASSWORD_LENGTH = 8

export interface PasswordCheck {
  right: boolean
  /** The password is right, and was hashed by parameters that are no longer ours: hash it again now. */
  rehash: boolean
}

interface Parsed {
  memory: number
  passes: number
  parallelism: number
  salt: Buffer
  tag: Buffer
}

/** The password's hash in PHC form (`$argon2id$v=19$…`), with a salt of its own. @throws RangeError beyond MAX_PASSWORD_BYTES */
export async function hashPassword(password: string): Promise<string> {
  const message = bytesOf(password)
  if (message.length > MAX_PASSWORD_BYTES) throw new RangeError(`a password has at most ${MAX_PASSWORD_BYTES} bytes`)
  const salt = randomBytes(SALT_BYTES)
  const tag = await derive('argon2id', {
    ...PARAMETERS,
    message,
    nonce: salt,
    tagLength: TAG_BYTES,
  })
  const { memory, passes, parallelism } = PARAMETERS
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`
}

/**
 * Whether a password fits its hash. A null hash (nobody has this address) costs the same time as a wrong password and is always wrong,
 * so that the time does not tell who has an account.
 */
export async function checkPassword(password: string, hash: string | null): Promise<PasswordCheck> {
  const parsed = parse(hash ?? NOBODYS)
  const message = bytesOf(password)
  const tooLong = message.length > MAX_PASSWORD_BYTES
  const { memory, passes, parallelism, salt, tag } = parsed
  const derived = await derive('argon2id', {
    memory,
    passes,
    parallelism,
    message: tooLong ? message.subarray(0, MAX_PASSWORD_BYTES) : message,
    nonce: salt,
    tagLength: tag.length,
  })
  const right = timingSafeEqual(derived, tag) && hash !== null && !tooLong
  const current =
    memory === PARAMETERS.memory &&
    passes === PARAMETERS.passes &&
    parallelism === PARAMETERS.parallelism &&
    tag.length === TAG_BYTES
  return { right, rehash: right && !current }
}

// The same letters typed on another keyboard may come composed otherwise.
const bytesOf = (password: string): Buffer => Buffer.from(password.normalize('NFKC'), 'utf8')

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([\w+/]{11,86})\$([\w+/]{22,86})$/

function parse(hash: string): Parsed {
  const [, memory, passes, parallelism, salt = '', tag = ''] = PHC.exec(hash) ?? []
  if (memory === undefined) throw new TypeError('not an argon2id hash in PHC form')
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}

const NOBODYS = `$argon2id$v=19$m=${PARAMETERS.memory},t=${PARAMETERS.passes},p=${PARAMETERS.parallelism}$${base64(randomBytes(SALT_BYTES))}$${base64(randomBytes(TAG_BYTES))}`
