import { Api } from '../../support/api.js'
import { PASSWORD } from '../../support/standalone.js'
import { PatientClient } from './patient-client.js'
import type { People } from './workload.js'

/** Everybody who works, with the roles and rules that they need. */
export async function makePeople(url: string, adminEmail: string): Promise<People> {
  const admin = await new Api(url).signIn(adminEmail, PASSWORD)
  const permissions = ['exceptions.request', 'exceptions.read', 'instances.read']
  for (const name of ['developer', 'analyst']) await admin.post('/roles', { name, permissions })
  const person = async (name: string, role: string) => {
    const email = `${name}@reprieve.example`
    const { body } = await admin.post<{ id: string }>('/users', {
      email,
      name,
      role,
      password: PASSWORD,
      kind: 'person',
    })
    return { id: body.id, client: await PatientClient.signedIn(url, email, PASSWORD) }
  }
  const dana = await person('dana', 'developer')
  const priya = await person('priya', 'analyst')
  const sofia = await person('sofia', 'exceptionsManager')
  const steps = [{ candidates: [sofia.id] }]
  await admin.post('/rules', { role: 'developer', instructions: '', workflow: { type: 'approvers', steps } })
  await admin.post('/rules', { role: 'analyst', instructions: '', workflow: { type: 'autoPilot' } })
  return {
    admin: new PatientClient(admin),
    dana: dana.client,
    priya: priya.client,
    sofia: sofia.client,
    sofiaId: sofia.id,
  }
}
