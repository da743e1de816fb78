import { printable, SentinelError } from '../../../base/index.ts'
import { type KvPlace, kvPath, type VaultAnswer, type VaultBody } from '../../../vault/index.ts'
import { fieldFlag } from '../../vault/flags.ts'
import { listKeys } from '../../vault/keys.ts'
import {
  mountFlag,
  placeOf,
  requireVersions,
  secretPosition,
  versionIn,
  versionsFlag,
  versionsIn,
} from '../../vault/kv.ts'
import { rowsText, type Session } from '../../vault/session.ts'
import { vaultCommand } from '../../vault/vault-command.ts'

const givenOf = {
  help: 'name=value, name=@file, name=- for stdin, @file or - for a JSON document',
  repeated: true,
} as const
const casFlag = {
  cas: {
    type: 'string',
    placeholder: 'version',
    help: 'write only over this version; 0: only where there is none',
  },
} as const

export const kvGet = vaultCommand({
  name: 'kv get',
  summary: 'Read a secret',
  examples: [
    'sentinel vault kv get secret/app',
    'sentinel vault kv get -mount=secret -version=2 app',
    'sentinel vault kv get -field=password secret/app',
  ],
  flags: {
    ...mountFlag,
    ...fieldFlag,
    version: { type: 'string', placeholder: 'number', help: 'which version (default: the newest)' },
  },
  positionals: secretPosition,
  async act(session, { secret, mount, version, field }) {
    const query = new Map(version === undefined ? [] : [['version', versionIn(version)] as const])
    const place = await placeOf(session, secret, mount)
    const path = kvPath(place, 'data')
    const answer = await session.ask({ method: 'GET', path, query })
    if (place.version === 1) session.show(answer, { field })
    else showVersion(session, path, answer, field)
    return undefined
  },
})

/** The secret apart from what is known of its version. */
function showVersion(session: Session, path: string, answer: VaultAnswer, field: string | undefined): void {
  const { data, metadata } = (answer.body?.data ?? {}) as { data?: VaultBody | null; metadata?: VaultBody }
  if (field === undefined) {
    session.print(answer.body, versionText(path, metadata ?? {}, data))
    return
  }
  if (data == null) throw deleted(path)
  // The secret itself, where it has nothing of that name.
  session.showField(new Map([['data', data], ...Object.entries(data)]), field)
}

const versionText = (path: string, metadata: VaultBody, data?: VaultBody | null) =>
  [
    `== Secret Path ==\n${printable(path)}\n`,
    `== Metadata ==\n${rowsText(Object.entries(metadata))}`,
    ...(data == null ? [] : [`== Data ==\n${rowsText(Object.entries(data))}`]),
  ].join('\n')

/** What is known of the version that was written. */
function showWritten(session: Session, place: KvPlace, answer: VaultAnswer, field: string | undefined): void {
  const path = kvPath(place, 'data')
  const isVersion = place.version === 2 && answer.body?.data != null
  if (!isVersion || field !== undefined)
    session.show(answer, { field, done: `Success! Data written to: ${path}` })
  else session.print(answer.body, versionText(path, answer.body?.data as VaultBody))
}

const deleted = (path: string) =>
  new SentinelError('VAULT_NOT_FOUND', `what this version of \`${path}\` said is deleted`, {
    hint: 'have it back with `sentinel vault kv undelete`',
  })

export const kvPut = vaultCommand({
  name: 'kv put',
  summary: 'Write a secret, in place of all that it said',
  examples: [
    'sentinel vault kv put secret/app password=@password.txt user=app',
    'sentinel vault kv put -cas=0 secret/app @app.json',
    'sentinel vault kv put secret/app password=- < password.txt',
  ],
  flags: { ...mountFlag, ...fieldFlag, ...casFlag },
  positionals: { ...secretPosition, data: givenOf },
  async act(session, { secret, data, mount, cas, field }) {
    if (data.length === 0)
      throw new SentinelError('USAGE', 'nothing is given to write', { hint: 'give name=value' })
    const given = session.given(data)
    const options = casOf(cas)
    const place = await placeOf(session, secret, mount)
    const body = place.version === 1 ? given : { data: given, options }
    const answer = await session.ask({ method: 'PUT', path: kvPath(place, 'data'), body })
    showWritten(session, place, answer, field)
    return undefined
  },
})

/** @throws SentinelError USAGE */
const casOf = (cas: string | undefined): { readonly cas?: number } =>
  cas === undefined ? {} : { cas: Number(versionIn(cas)) }

export const kvPatch = vaultCommand({
  name: 'kv patch',
  summary: 'Change some of what a secret says',
  description: [
    'The server merges, where it lets the token patch. With -method=rw the secret is read and written, over that version only.',
  ],
  examples: [
    'sentinel vault kv patch secret/app user=other',
    'sentinel vault kv patch -method=rw secret/app user=other',
  ],
  flags: {
    ...mountFlag,
    ...fieldFlag,
    ...casFlag,
    method: { type: 'choice', choices: ['patch', 'rw'], default: 'patch', help: 'how to change it' },
    removeData: { type: 'list', placeholder: 'name', help: 'take this away' },
  },
  positionals: { ...secretPosition, data: givenOf },
  async act(session, { secret, data, mount, cas, field, method, removeData }) {
    const removed = Object.fromEntries(removeData.map((name) => [name, null]))
    const change = { ...session.given(data), ...removed }
    const options = casOf(cas)
    const place = requireVersions(await placeOf(session, secret, mount))
    const path = kvPath(place, 'data')
    if (method === 'patch') {
      const body = { data: change, options }
      showWritten(session, place, await session.ask({ method: 'PATCH', path, body }), field)
      return undefined
    }
    const { data: before, version } = await current(session, path)
    const merged = Object.entries({ ...before, ...change }).filter(([, value]) => value !== null)
    const body = { data: Object.fromEntries(merged), options: { cas: options.cas ?? version } }
    showWritten(session, place, await session.ask({ method: 'PUT', path, body }), field)
    return undefined
  },
})

async function current(
  session: Session,
  path: string,
  version?: string,
): Promise<{ readonly data: VaultBody; readonly version: unknown }> {
  const query = new Map(version === undefined ? [] : [['version', version] as const])
  const { body } = await session.ask({ method: 'GET', path, query, isOnTheWay: true })
  const found = (body?.data ?? {}) as { data?: VaultBody | null; metadata?: VaultBody }
  if (found.data == null) throw deleted(path)
  return { data: found.data, version: found.metadata?.version }
}

export const kvList = vaultCommand({
  name: 'kv list',
  summary: 'List the secrets in a folder',
  examples: ['sentinel vault kv list secret', 'sentinel vault kv list -mount=secret team'],
  flags: mountFlag,
  positionals: { secret: { help: 'folder; the whole mount where it is missing' } },
  async act(session, { secret = '', mount }) {
    const place = await placeOf(session, secret, mount)
    await listKeys(session, kvPath(place, 'metadata'))
    return undefined
  },
})

export const kvDelete = vaultCommand({
  name: 'kv delete',
  summary: 'Delete versions of a secret, so that they can be had back',
  examples: ['sentinel vault kv delete secret/app', 'sentinel vault kv delete -versions=1,2 secret/app'],
  flags: { ...mountFlag, ...versionsFlag },
  positionals: secretPosition,
  async act(session, { secret, mount, versions }) {
    const numbers = versionsIn(versions)
    const place = await placeOf(session, secret, mount)
    const path = kvPath(place, 'data')
    if (place.version === 1 || numbers.length === 0) await session.ask({ method: 'DELETE', path })
    else await session.ask({ method: 'PUT', path: kvPath(place, 'delete'), body: { versions: numbers } })
    session.done(`Success! Data deleted (if it existed) at: ${path}`)
    return undefined
  },
})

/** One that is about versions only, and asks the path of its own name. */
const onVersions = (word: 'undelete' | 'destroy', summary: string, done: string) =>
  vaultCommand({
    name: `kv ${word}`,
    summary,
    examples: [`sentinel vault kv ${word} -versions=3 secret/app`],
    flags: { ...mountFlag, ...versionsFlag },
    positionals: secretPosition,
    async act(session, { secret, mount, versions }) {
      const numbers = versionsIn(versions)
      if (numbers.length === 0)
        throw new SentinelError('USAGE', '`-versions` is missing', { hint: 'write -versions=1,2' })
      const place = requireVersions(await placeOf(session, secret, mount))
      const path = kvPath(place, word)
      await session.ask({ method: 'PUT', path, body: { versions: numbers } })
      session.done(`Success! ${done}: ${path}`)
      return undefined
    },
  })

export const kvUndelete = onVersions('undelete', 'Have deleted versions of a secret back', 'Data written to')
export const kvDestroy = onVersions('destroy', 'Destroy versions of a secret for good', 'Data written to')

export const kvRollback = vaultCommand({
  name: 'kv rollback',
  summary: 'Make what an older version said the newest',
  examples: ['sentinel vault kv rollback -version=2 secret/app'],
  flags: {
    ...mountFlag,
    ...fieldFlag,
    version: { type: 'string', required: true, placeholder: 'number', help: 'which version to go back to' },
  },
  positionals: secretPosition,
  async act(session, { secret, mount, version, field }) {
    const wanted = versionIn(version)
    const place = requireVersions(await placeOf(session, secret, mount))
    const path = kvPath(place, 'data')
    const known = await session.ask({
      method: 'GET',
      path: kvPath(place, 'metadata'),
      isOnTheWay: true,
    })
    const { data } = await current(session, path, wanted)
    const cas = ((known.body?.data ?? {}) as VaultBody).current_version
    const answer = await session.ask({ method: 'PUT', path, body: { data, options: { cas } } })
    showWritten(session, place, answer, field)
    return undefined
  },
})

export const kvEnableVersioning = vaultCommand({
  name: 'kv enable-versioning',
  summary: 'Turn a mount of KV version 1 into one with versions',
  examples: ['sentinel vault kv enable-versioning secret'],
  flags: {},
  positionals: { mount: { help: 'path of the mount', required: true } },
  async act(session, { mount }) {
    const path = `sys/mounts/${mount.replace(/\/$/, '')}/tune`
    session.show(await session.ask({ method: 'POST', path, body: { options: { version: '2' } } }), {
      done: `Success! Tuned the secrets engine at: ${mount}`,
    })
    return undefined
  },
})
