import { printable, SentinelError } from '../../../base/index.ts'
import type { VaultBody } from '../../../vault/index.ts'
import { fieldFlag } from '../../vault/flags.ts'
import { pairsIn } from '../../vault/kv.ts'
import type { Session } from '../../vault/session.ts'
import { vaultCommand } from '../../vault/vault-command.ts'

const tokenOf = { help: 'the token, - for stdin; your own where it is missing' } as const
const accessorFlag = {
  accessor: { type: 'boolean', help: 'what is given is the accessor of the token' },
} as const

export const tokenCreate = vaultCommand({
  name: 'token create',
  summary: 'Make a token below your own',
  examples: [
    'sentinel vault token create -policy=app -ttl=1h',
    'sentinel vault token create -role=ci -field=token',
    'sentinel vault token create -type=batch -policy=app -ttl=10m',
  ],
  flags: {
    ...fieldFlag,
    policy: { type: 'list', placeholder: 'name', help: 'a policy of the token (default: your own)' },
    ttl: { type: 'string', placeholder: 'time', help: 'how long it lives at first' },
    explicitMaxTtl: { type: 'string', placeholder: 'time', help: 'how long it lives at most' },
    period: { type: 'string', placeholder: 'time', help: 'how long each renewal lasts, without an end' },
    renewable: { type: 'boolean', default: true, help: 'whether it can be renewed' },
    orphan: { type: 'boolean', help: 'it does not end with your own' },
    noDefaultPolicy: { type: 'boolean', help: 'without the policy `default`' },
    useLimit: { type: 'string', placeholder: 'number', help: 'how often it may be used' },
    displayName: { type: 'string', placeholder: 'name', help: 'what the audit log calls it' },
    metadata: { type: 'list', placeholder: 'name=value', help: 'what to note about it' },
    type: { type: 'choice', choices: ['service', 'batch'], default: 'service', help: 'kind of token' },
    role: { type: 'string', placeholder: 'name', help: 'role to make it by' },
    entityAlias: { type: 'string', placeholder: 'name', help: 'whose token it is, with a role' },
    id: { type: 'string', placeholder: 'token', help: 'the token itself: better left to the server' },
  },
  async act(session, { role, field, ...given }) {
    const path = role === undefined ? 'auth/token/create' : `auth/token/create/${role}`
    const body = {
      policies: given.policy,
      ttl: given.ttl,
      explicit_max_ttl: given.explicitMaxTtl,
      period: given.period,
      renewable: given.renewable,
      no_parent: given.orphan,
      no_default_policy: given.noDefaultPolicy,
      num_uses: given.useLimit,
      display_name: given.displayName,
      meta: given.metadata.length === 0 ? undefined : pairsIn(given.metadata),
      type: given.type,
      entity_alias: given.entityAlias,
      id: given.id,
    }
    session.show(await session.ask({ method: 'POST', path, body }), { field })
    return undefined
  },
})

export const tokenLookup = vaultCommand({
  name: 'token lookup',
  summary: 'Show what is known of a token',
  examples: ['sentinel vault token lookup', 'sentinel vault token lookup -accessor 8609694a-cdbc'],
  flags: { ...fieldFlag, ...accessorFlag },
  positionals: { token: tokenOf },
  async act(session, { token, accessor, field }) {
    const call = await about(session, token, accessor)
    const answer =
      call === undefined
        ? await session.ask({ method: 'GET', path: 'auth/token/lookup-self' })
        : await session.ask({ method: 'POST', path: `auth/token/lookup${call.suffix}`, body: call.body })
    session.show(answer, { field })
    return undefined
  },
})

type About = { readonly suffix: '' | '-accessor'; readonly body: { readonly [name: string]: string } }

/** Undefined for the own token. @throws SentinelError USAGE */
async function about(
  session: Session,
  token: string | undefined,
  isAccessor: boolean,
): Promise<About | undefined> {
  if (token === undefined) {
    if (isAccessor) throw new SentinelError('USAGE', 'the accessor is missing')
    return undefined
  }
  if (isAccessor) return { suffix: '-accessor', body: { accessor: token } }
  return { suffix: '', body: { token: (await session.secret(token, '', '')).reveal() } }
}

export const tokenRenew = vaultCommand({
  name: 'token renew',
  summary: 'Make a token live longer',
  examples: ['sentinel vault token renew', 'sentinel vault token renew -increment=30m'],
  flags: {
    ...fieldFlag,
    ...accessorFlag,
    increment: { type: 'string', short: 'i', placeholder: 'time', help: 'how long from now on' },
  },
  positionals: { token: tokenOf },
  async act(session, { token, accessor, increment, field }) {
    const call = await about(session, token, accessor)
    const path = call === undefined ? 'auth/token/renew-self' : `auth/token/renew${call.suffix}`
    session.show(await session.ask({ method: 'PUT', path, body: { ...call?.body, increment } }), { field })
    return undefined
  },
})

export const tokenRevoke = vaultCommand({
  name: 'token revoke',
  summary: 'End a token, and those below it',
  examples: [
    'sentinel vault token revoke -self',
    'sentinel vault token revoke -accessor 8609694a-cdbc',
    'sentinel vault token revoke -mode=orphan - < token.txt',
  ],
  flags: {
    ...accessorFlag,
    self: { type: 'boolean', help: 'your own' },
    mode: {
      type: 'choice',
      choices: ['tree', 'orphan'],
      default: 'tree',
      help: 'with those below it, or without them',
    },
  },
  positionals: { token: { help: 'the token, - for stdin' } },
  async act(session, { token, accessor, self, mode }) {
    if (self === (token !== undefined))
      throw new SentinelError('USAGE', 'which token is to end?', { hint: 'give the token, or -self' })
    const call = await about(session, token, accessor)
    const suffix = call === undefined ? '-self' : mode === 'orphan' && !accessor ? '-orphan' : call.suffix
    await session.ask({ method: 'PUT', path: `auth/token/revoke${suffix}`, body: call?.body })
    session.done('Success! Revoked token (if it existed)')
    return undefined
  },
})

export const tokenCapabilities = vaultCommand({
  name: 'token capabilities',
  summary: 'Show what a token may do with a path',
  examples: [
    'sentinel vault token capabilities secret/data/app',
    'sentinel vault token capabilities - secret/data/app',
  ],
  flags: { ...accessorFlag },
  positionals: {
    tokenOrPath: { help: 'the path; or the token, - for stdin, and the path behind it', required: true },
    path: { help: 'the path, where a token is given' },
  },
  async act(session, { tokenOrPath, path, accessor }) {
    const call = path === undefined ? undefined : await about(session, tokenOrPath, accessor)
    const paths = [path ?? tokenOrPath]
    const answer = await session.ask({
      method: 'POST',
      path: call === undefined ? 'sys/capabilities-self' : `sys/capabilities${call.suffix}`,
      body: { ...call?.body, paths },
    })
    const found = (answer.body?.data as VaultBody | undefined)?.capabilities
    const capabilities = Array.isArray(found) ? found.map(String).toSorted() : []
    session.print(capabilities, `${printable(capabilities.join(', '))}\n`)
    return undefined
  },
})
