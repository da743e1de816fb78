import { printable, SentinelError } from '../../../base/index.ts'
import { fieldFlag } from '../../vault/flags.ts'
import { listKeys } from '../../vault/keys.ts'
import { vaultCommand } from '../../vault/vault-command.ts'

const pathOf = { help: 'path, without `v1/`', required: true } as const
const givenOf = {
  help: 'name=value, name=@file, name=- for stdin, @file or - for a JSON document',
  repeated: true,
} as const

export const read = vaultCommand({
  name: 'read',
  summary: 'Read data from a path',
  examples: ['sentinel vault read secret/data/app', 'sentinel vault read -field=ttl auth/token/lookup-self'],
  flags: fieldFlag,
  positionals: { path: pathOf, parameters: givenOf },
  async act(session, { path, parameters, field }) {
    const query = new Map(
      Object.entries(session.given(parameters)).map(([name, value]) => [name, String(value)]),
    )
    session.show(await session.ask({ method: 'GET', path, query }), { field })
    return undefined
  },
})

export const write = vaultCommand({
  name: 'write',
  summary: 'Write data to a path',
  description: [
    'What is secret is best given by a file or on stdin: a command line is seen by whoever lists processes.',
  ],
  examples: [
    'sentinel vault write secret/data/app @app.json',
    'sentinel vault write auth/userpass/users/alice password=@password.txt token_policies=app',
    'sentinel vault write -force sys/rotate',
  ],
  flags: { ...fieldFlag, force: { type: 'boolean', short: 'f', help: 'write, although nothing is given' } },
  positionals: { path: pathOf, data: givenOf },
  async act(session, { path, data, force, field }) {
    if (data.length === 0 && !force)
      throw new SentinelError('USAGE', 'nothing is given to write', { hint: 'give name=value, or -force' })
    const answer = await session.ask({ method: 'PUT', path, body: session.given(data) })
    session.show(answer, { field, done: `Success! Data written to: ${path}` })
    return undefined
  },
})

export const patch = vaultCommand({
  name: 'patch',
  summary: 'Change some of the data at a path',
  examples: ['sentinel vault patch secret/metadata/app max_versions=5'],
  flags: fieldFlag,
  positionals: { path: pathOf, data: givenOf },
  async act(session, { path, data, field }) {
    const answer = await session.ask({ method: 'PATCH', path, body: session.given(data) })
    session.show(answer, { field, done: `Success! Data patched at: ${path}` })
    return undefined
  },
})

export const list = vaultCommand({
  name: 'list',
  summary: 'List what is below a path',
  examples: ['sentinel vault list secret/metadata', 'sentinel vault list -format=json sys/policies/acl'],
  flags: {},
  positionals: { path: pathOf },
  async act(session, { path }) {
    await listKeys(session, path)
    return undefined
  },
})

export const remove = vaultCommand({
  name: 'delete',
  summary: 'Delete what is at a path',
  examples: ['sentinel vault delete secret/data/app'],
  flags: {},
  positionals: { path: pathOf, parameters: givenOf },
  async act(session, { path, parameters }) {
    const query = new Map(
      Object.entries(session.given(parameters)).map(([name, value]) => [name, String(value)]),
    )
    const answer = await session.ask({ method: 'DELETE', path, query })
    session.show(answer, { done: `Success! Data deleted (if it existed) at: ${path}` })
    return undefined
  },
})

export const unwrap = vaultCommand({
  name: 'unwrap',
  summary: 'Give out what waits in a wrapping token',
  description: [
    'Where no token is given, the one that other commands use is the wrapping token: the one in VAULT_TOKEN, or what a login has left.',
  ],
  examples: ['sentinel vault unwrap - < wrapping-token.txt', 'sentinel vault unwrap'],
  flags: fieldFlag,
  positionals: {
    token: {
      help: 'wrapping token, - for stdin; your own where it is missing, or typed where there is none',
    },
  },
  async act(session, { token, field }) {
    const own = token === undefined ? session.token : undefined
    const wrapping =
      own ?? (await session.secret(token, 'Wrapping token:', 'give it on stdin: `sentinel vault unwrap -`'))
    // As the token of the call: whoever unwraps needs no other.
    session.show(await session.ask({ method: 'PUT', path: 'sys/wrapping/unwrap' }, { token: wrapping }), {
      field,
    })
    return undefined
  },
})

export const pathHelp = vaultCommand({
  name: 'path-help',
  summary: 'Show what a path is for, and what may be sent to it',
  description: [
    'Of a mount it shows every path. The paths that need no token say what they are for to anybody.',
  ],
  examples: ['sentinel vault path-help sys/mounts/secret', 'sentinel vault path-help auth/token'],
  flags: {},
  positionals: { path: pathOf },
  async act(session, { path }) {
    const { body = {} } = await session.ask({ method: 'GET', path, query: new Map([['help', '1']]) })
    session.print(body, shownLines(body.help))
    return undefined
  },
})

/** What a server says may hold anything; its lines stay lines. */
const shownLines = (text: unknown) =>
  String(text ?? '')
    .split('\n')
    .map(printable)
    .join('\n')

export const printToken = vaultCommand({
  name: 'print token',
  summary: 'Print the token that the other commands use',
  description: ['That is the one in VAULT_TOKEN, or what the last login has left in `.vault-token`.'],
  examples: ['sentinel vault print token'],
  flags: {},
  async act(session) {
    if (session.token === undefined)
      throw new SentinelError('USAGE', 'there is no token', {
        hint: 'log in with `sentinel vault login`, or set VAULT_TOKEN',
      })
    session.say(session.token.reveal())
    return undefined
  },
})
