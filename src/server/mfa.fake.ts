// An unsealed server with people who log in, apps that make codes, and a factor that asks somebody else and counts.

import { appOf } from '../mfa/app.fake.ts'
import type { PushFactor, PushQuestion } from '../mfa/index.ts'
import type { Data } from './door.ts'
import { everything, governedKit } from './governed.fake.ts'

/** Opens one, with bob known to an auth mount, that asks for no password to be hashed, and what he may do written into the policy `own`. */
export async function mfaKit(own = everything) {
  const pushed: PushQuestion[] = []
  const answer = { now: true as boolean | Error }
  const factor: PushFactor = {
    async confirm(question) {
      pushed.push(question)
      if (answer.now instanceof Error) throw answer.now
      return answer.now
    },
  }
  const kit = await governedKit({ pushFactors: new Map([['duo', factor]]) })
  const { ask, see, root, clock } = kit
  await kit.acl('own', own)
  await ask('update', 'sys/auth/approle', root, { type: 'approle' })
  await ask('update', 'auth/approle/role/bob', root, { token_policies: ['own'] })
  await ask('update', 'auth/approle/role/bob/role-id', root, { role_id: 'bob' })
  const { data } = await ask('update', 'auth/approle/role/bob/secret-id', root)
  const secretId = (data as Data).secret_id
  await ask('update', 'secret/data/a', root, { data: { b: 'c' } })
  const auths = (await ask('read', 'sys/auth', root)).data as Data
  const accessor = String((auths['approle/'] as Data).accessor)
  const mfa = (text: string) => ({ headers: new Map([['x-vault-mfa', text]]) })
  const login = (name = 'bob', more: Parameters<typeof see>[4] = {}) =>
    see('update', 'auth/approle/login', '', { role_id: name, secret_id: secretId }, more)
  /** A token of somebody, whose first login makes their entity. */
  const tokenOf = async (name = 'bob', more: Parameters<typeof see>[4] = {}) => {
    const auth = ((await login(name, more)).body.auth ?? {}) as Data
    return { token: String(auth.client_token), entityId: String(auth.entity_id) }
  }
  /** A TOTP method. */
  const totp = (name = 'totp', written: Record<string, unknown> = {}) =>
    see('update', `sys/mfa/method/totp/${name}`, root, { issuer: 'Example', ...written })
  /** An app of somebody: the code for a moment so many seconds from now. */
  const enrolled = async (entityId: string, name = 'totp') => {
    const made = await ask('update', `sys/mfa/method/totp/${name}/admin-generate`, root, {
      entity_id: entityId,
    })
    return appOf(String((made.data as Data).url), () => clock.now())
  }
  const duo = (name = 'duo', written: Record<string, unknown> = {}) =>
    see('update', `sys/mfa/method/duo/${name}`, root, {
      mount_accessor: accessor,
      secret_key: 'sk',
      integration_key: 'ik',
      api_hostname: 'duo.example.com',
      ...written,
    })
  return { ...kit, pushed, answer, accessor, mfa, login, tokenOf, totp, enrolled, duo }
}
