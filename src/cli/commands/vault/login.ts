import { printable, Secret, SentinelError } from '../../../base/index.ts'
import { isFolder, writeAtomic } from '../../../machine/index.ts'
import type { VaultAnswer, VaultBody } from '../../../vault/index.ts'
import { fieldFlag } from '../../vault/flags.ts'
import { tokenFile } from '../../vault/server.ts'
import { type Session, Wrapped } from '../../vault/session.ts'
import { vaultCommand } from '../../vault/vault-command.ts'

export const login = vaultCommand({
  name: 'login',
  summary: 'Log in, and keep the token for the commands that follow',
  description: [
    "The token is kept in `.vault-token` in the home folder, readable by its owner alone, where Vault's own client looks for it " +
      'too. VAULT_TOKEN in the environment goes over it.',
    'With -wrap-ttl the login waits in a wrapping token and is taken out at once; with -no-store or -token-only the wrapping ' +
      'token is what is printed.',
    'What is missing and secret is asked for at the terminal: the token, the password of userpass, the secret id of AppRole.',
  ],
  examples: [
    'sentinel vault login',
    'sentinel vault login - < token.txt',
    'sentinel vault login -method=userpass username=alice',
    'sentinel vault login -method=approle role_id=0f1c secret_id=@secret-id.txt',
  ],
  flags: {
    method: {
      type: 'choice',
      choices: ['token', 'userpass', 'approle', 'ldap', 'okta', 'radius', 'jwt', 'cert', 'github'],
      default: 'token',
      placeholder: 'type',
      help: 'type of the auth method: token, userpass, approle, ldap, okta, radius, jwt, cert or github',
    },
    path: { type: 'string', help: 'where the auth method is mounted (default: its type)' },
    noStore: { type: 'boolean', help: 'keep the token nowhere' },
    noPrint: { type: 'boolean', help: 'print nothing' },
    tokenOnly: { type: 'boolean', help: 'print the token alone, and keep it nowhere' },
    ...fieldFlag,
  },
  positionals: { given: { help: 'the token, - for stdin; or name=value for other methods', repeated: true } },
  async act(session, { method, path, given, noStore, noPrint, tokenOnly, field }) {
    const isKept = !noStore && !tokenOnly
    if (isKept) requireHome(session)
    const came = await loggedIn(session, { method, path, given })
    if (came instanceof Wrapped && !isKept) {
      came.show(tokenOnly ? 'wrapping_token' : field)
      return undefined
    }
    const answer = came instanceof Wrapped ? await takenOut(session, came) : came
    const token = tokenIn(answer)
    if (token === undefined) throw new SentinelError('VAULT_REFUSED', 'the login gave no token')
    if (isKept) keep(session, answer, token)
    if (tokenOnly) session.show(answer, { field: 'token' })
    else if (!noPrint) {
      if (isKept && session.format === 'table' && field === undefined)
        session.say('You are logged in. The token below is kept for the commands that follow.\n')
      session.show(answer, { field })
    }
    return undefined
  },
})

type Asked = { readonly method: string; readonly path: string | undefined; readonly given: readonly string[] }

async function loggedIn(session: Session, asked: Asked): Promise<VaultAnswer | Wrapped> {
  try {
    return await (asked.method === 'token' ? byToken(session, asked.given) : byMethod(session, asked))
  } catch (thrown) {
    if (thrown instanceof Wrapped) return thrown
    throw thrown
  }
}

/** What a login left in a wrapping token, which is shown where it cannot be had. @throws SentinelError as `ask` does */
async function takenOut(session: Session, wrapped: Wrapped): Promise<VaultAnswer> {
  const { token, wrapped_accessor: accessor } = wrapped.info
  try {
    if (typeof accessor !== 'string' || accessor === '')
      throw new SentinelError('VAULT_REFUSED', 'what waits in the wrapping token is no login')
    const call = { method: 'PUT', path: 'sys/wrapping/unwrap', isNeeded: true } as const
    return await session.ask(call, { token: new Secret(String(token)) })
  } catch (failure) {
    wrapped.show()
    throw failure
  }
}

/** The home folder is nobody's to make, and a token is not asked for that nobody can keep. @throws SentinelError FILE_UNWRITABLE */
function requireHome({ deps }: Session): void {
  const home = deps.platform.path.dirname(tokenFile(deps))
  if (!deps.platform.path.isAbsolute(home) || !isFolder(home))
    throw new SentinelError(
      'FILE_UNWRITABLE',
      `there is no home folder to keep the token in: \`${printable(home)}\``,
      {
        hint: 'set HOME, or give -no-store and take the token from what is printed',
      },
    )
}

/** What cannot be kept is shown. @throws SentinelError FILE_UNWRITABLE */
function keep(session: Session, answer: VaultAnswer, token: string): void {
  const { deps } = session
  try {
    writeAtomic(deps.machine, tokenFile(deps), token)
  } catch (thrown) {
    session.show(answer)
    throw thrown
  }
  if (deps.io.env.VAULT_TOKEN)
    deps.warn('VAULT_TOKEN is set and goes over the token that was kept: unset it to use this one')
}

/** A token is looked up, so that one that does not count is not kept. */
async function byToken(session: Session, given: readonly string[]): Promise<VaultAnswer> {
  const token = await session.secret(
    given[0]?.replace(/^token=/, ''),
    'Token:',
    'give it on stdin: `sentinel vault login -`',
  )
  const { body, status } = await session.ask(
    { method: 'GET', path: 'auth/token/lookup-self', isNeeded: true },
    { token },
  )
  return { status, body: asAuth((body?.data ?? {}) as VaultBody, token) }
}

/** A token that was looked up in the words of one that was made. */
const asAuth = (data: VaultBody, token: Secret): VaultBody => ({
  auth: {
    client_token: token.reveal(),
    accessor: data.accessor,
    lease_duration: data.ttl,
    renewable: data.renewable === true,
    token_policies: data.policies,
    identity_policies: data.identity_policies ?? [],
    policies: data.policies,
    metadata: data.meta,
  },
})

async function byMethod(session: Session, { method, path = method, given }: Asked): Promise<VaultAnswer> {
  const { username, ...rest } = session.given(given)
  const body: Record<string, unknown> = rest
  const missing = secretOf.get(method)
  if (missing !== undefined && body[missing.name] === undefined)
    body[missing.name] = (
      await session.secret(undefined, `${missing.question}:`, `give ${missing.name}=@file`)
    ).reveal()
  const mount = path.replace(/^\/+|\/+$/g, '')
  if (namedInPath.has(method) && username === undefined)
    throw new SentinelError('USAGE', '`username` is missing', { hint: 'give username=NAME' })
  const at = namedInPath.has(method) ? `auth/${mount}/login/${username}` : `auth/${mount}/login`
  return session.ask(
    { method: 'PUT', path: at, body: namedInPath.has(method) ? body : { ...body, username } },
    { token: undefined },
  )
}

const namedInPath = new Set(['userpass', 'ldap', 'okta', 'radius'])
const password = { name: 'password', question: 'Password' }
const secretOf = new Map([
  ...[...namedInPath].map((method) => [method, password] as const),
  ['approle', { name: 'secret_id', question: 'Secret id' }] as const,
])

function tokenIn({ body }: VaultAnswer): string | undefined {
  const auth = body?.auth as VaultBody | null | undefined
  return typeof auth?.client_token === 'string' && auth.client_token !== '' ? auth.client_token : undefined
}
