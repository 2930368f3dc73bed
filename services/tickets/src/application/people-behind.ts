import { Problem } from '@reprieve/http-kit'
import type { People } from '@reprieve/people'
import type { Person } from '../domain/ticket.js'

/** Somebody active to own a ticket, waited for up to 2 s. Outside of any transaction. @throws Problem USER_UNKNOWN */
export async function ownerOf(people: People, id: string): Promise<Person> {
  const user = await people.waitForUser(id)
  if (user?.active === true) return { id: user.id, name: user.name }
  const detail = user === null ? 'There is no such user.' : 'This user is not active.'
  throw new Problem('USER_UNKNOWN', detail, { errors: [{ pointer: '/ownerId', detail }] })
}
