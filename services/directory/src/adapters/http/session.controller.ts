import { Controller, Inject } from '@nestjs/common'
import {
  clientNetwork,
  endedSessionCookie,
  Route,
  type RouteInput,
  sessionCookie,
  type WriteTransactions,
} from '@reprieve/http-kit'
import { WRITES } from '@reprieve/service-host'
import { PasswordPolicy } from '../../application/password-policy.js'
import { SessionService } from '../../application/session.service.js'
import { UserService } from '../../application/user.service.js'
import { inOrder } from '../../domain/role.js'
import type { DirectoryTables } from '../postgres/tables.js'
import { COOKIE_SETTINGS, type CookieSettings } from './cookie-settings.js'
import { changeOwnPassword, getMe, noteSessionUse, signIn, signOut } from './session.routes.js'

@Controller()
export class SessionController {
  constructor(
    @Inject(WRITES) private readonly writes: WriteTransactions<DirectoryTables>,
    private readonly sessions: SessionService,
    private readonly users: UserService,
    private readonly passwords: PasswordPolicy,
    @Inject(COOKIE_SETTINGS) private readonly cookies: CookieSettings,
  ) {}

  @Route(signIn)
  async signIn({ body, request }: RouteInput<typeof signIn>) {
    const { email, password } = body
    const { token, expiresAt, user } = await this.sessions.signIn(email, password, clientNetwork(request))
    return {
      status: 200,
      body: {
        accessToken: token,
        expiresAt: expiresAt.toISOString(),
        user: { id: user.id, name: user.name, role: user.role },
      },
      headers: { 'set-cookie': sessionCookie(token, expiresAt, this.cookies.secure) },
    }
  }

  @Route(signOut)
  async signOut({ principal }: RouteInput<typeof signOut>) {
    await this.sessions.signOut(principal)
    return { status: 204, headers: { 'set-cookie': endedSessionCookie(this.cookies.secure) } }
  }

  @Route(noteSessionUse)
  async noteUse({ principal }: RouteInput<typeof noteSessionUse>) {
    await this.sessions.noteUse(principal)
    return { status: 204 }
  }

  @Route(getMe)
  async me({ principal }: RouteInput<typeof getMe>) {
    const { id, email, name, role, kind, permissions } = principal
    return { id, email: email === '' ? null : email, name, role, kind, permissions: inOrder(permissions) }
  }

  @Route(changeOwnPassword)
  async changePassword(input: RouteInput<typeof changeOwnPassword>) {
    const { currentPassword, newPassword } = input.body
    await this.sessions.confirmPassword(input.principal, currentPassword, clientNetwork(input.request))
    const passwordHash = await this.passwords.hash(newPassword, '/newPassword')
    return await this.writes.run(input, async (tx) => {
      await this.users.changeOwnPassword(tx, input.principal, passwordHash)
      return { status: 204 }
    })
  }
}
