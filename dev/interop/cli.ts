// What people do with the command line of Vault, done with whichever is given: `bao`, which we did not write, and
// `sentinel vault`. Both are told the same words.

import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** One command line program and the server that it talks to. */
export type Cli = {
  /** Its own words, in front of every command. */
  readonly command: readonly [string, ...string[]]
  /** Its home, which is also where it stands. */
  readonly folder: string
  readonly url: string
}

export type Ran = { readonly status: number | null; readonly out: string; readonly err: string }

type Given = { readonly stdin?: string; readonly token?: string; readonly env?: Record<string, string> }

/** Runs one command line. */
export function run(
  { command: [file, ...words], folder, url }: Cli,
  line: string,
  given: Given = {},
): Promise<Ran> {
  const { stdin = '', token, env = {} } = given
  const child = spawn(file, [...words, ...line.split(' ')], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      VAULT_ADDR: url,
      BAO_ADDR: url,
      ...(token !== undefined && { VAULT_TOKEN: token, BAO_TOKEN: token }),
      ...env,
    },
  })
  const texts = ['', '']
  child.stdout.on('data', (bytes) => (texts[0] += bytes))
  child.stderr.on('data', (bytes) => (texts[1] += bytes))
  child.stdin.on('error', () => {}).end(stdin)
  return new Promise((done, failed) => {
    child.once('error', failed)
    child.once('close', (status) => done({ status, out: texts[0] ?? '', err: texts[1] ?? '' }))
  })
}

/** Short words for one program. */
function words(cli: Cli, token?: string) {
  const given = (stdin: string | undefined, env: Given['env'] = {}): Given => ({
    env,
    ...(stdin !== undefined && { stdin }),
    ...(token !== undefined && { token }),
  })
  const inJson = { VAULT_FORMAT: 'json', BAO_FORMAT: 'json' }
  const does = async (line: string, stdin?: string, env: Given['env'] = {}): Promise<string> => {
    const { status, out, err } = await run(cli, line, given(stdin, env))
    equal(status, 0, `${line}: ${status} ${out}${err}`)
    return out
  }
  const fails = async (line: string, wanted: number, text: RegExp): Promise<void> => {
    const { status, out, err } = await run(cli, line, given(undefined))
    deepEqual([line, status], [line, wanted], `${out}${err}`)
    match(out + err, text, line)
  }
  const json = async (line: string, stdin?: string) => JSON.parse(await does(line, stdin, inJson))
  return { does, fails, json }
}

export type CliJourney = { readonly name: string; run(cli: Cli): Promise<void> }

const policy = 'path "kv/data/app/*" { capabilities = ["create", "read", "update", "patch"] }\n'

/** At a server for development whose root token is `root`, with a login first, kept by the program. */
export const cliJourneys: readonly CliJourney[] = [
  {
    name: 'status, login with a token, and who that is',
    async run(cli) {
      const { does, fails } = words(cli)
      match(await does('status'), /Sealed\s+false/)
      await fails('read sys/mounts', 2, /permission denied/)
      await does('login -', 'root')
      match(await does('token lookup'), /root/)
    },
  },
  {
    name: 'policies: write, read, list, delete',
    async run(cli) {
      const { does, fails, json } = words(cli)
      writeFileSync(join(cli.folder, 'app.hcl'), policy)
      match(await does('policy write app app.hcl'), /Uploaded policy: app/)
      equal((await does('policy read app')).trim(), policy.trim())
      deepEqual((await json('policy list')).toSorted(), ['app', 'default', 'root'])
      await fails('policy read nothing', 2, /./)
      match(await does('policy delete app'), /Deleted policy: app/)
    },
  },
  {
    name: 'KV 2: put, get by version, patch, list, delete, undelete, destroy, metadata, rollback',
    async run(cli) {
      const { does, fails, json } = words(cli)
      await does('secrets enable -path=kv -version=2 kv')
      equal((await json('secrets list'))['kv/'].options.version, '2')
      await does('kv put kv/app/db user=app password=one')
      await does('kv put -mount=kv -cas=1 app/db user=app password=-', 'two')
      await fails('kv put -cas=1 kv/app/db password=three', 2, /did not match the current version/)
      equal((await does('kv get -field=password kv/app/db')).trim(), 'two')
      equal((await json('kv get -version=1 kv/app/db')).data.data.password, 'one')
      match(await does('kv get kv/app/db'), /kv\/data\/app\/db[\s\S]*version\s+2[\s\S]*password\s+two/)
      await does('kv patch kv/app/db more=x')
      await does('kv patch -method=rw kv/app/db user=other')
      deepEqual((await json('kv get kv/app/db')).data.data, { user: 'other', password: 'two', more: 'x' })
      deepEqual(await json('kv list kv'), ['app/'])
      deepEqual(await json('kv list -mount=kv app'), ['db'])
      await does('kv delete kv/app/db')
      await does('kv undelete -versions=4 kv/app/db')
      await does('kv destroy -versions=1 kv/app/db')
      const known = (await json('kv metadata get kv/app/db')).data
      deepEqual([known.current_version, known.versions[1].destroyed], [4, true])
      await does('kv metadata put -max-versions=5 -custom-metadata=owner=team kv/app/db')
      equal((await json('kv metadata get kv/app/db')).data.custom_metadata.owner, 'team')
      await does('kv rollback -version=2 kv/app/db')
      equal((await json('kv get kv/app/db')).data.data.password, 'two')
      await does('kv metadata delete kv/app/db')
      await fails('kv get kv/app/db', 2, /./)
    },
  },
  {
    name: 'KV 1: put, get, list, delete, and turned into a mount with versions',
    async run(cli) {
      const { does, json } = words(cli)
      await does('secrets enable -path=old -version=1 kv')
      await does('kv put old/app a=b')
      deepEqual((await json('kv get old/app')).data, { a: 'b' })
      deepEqual(await json('kv list old'), ['app'])
      await does('kv enable-versioning old')
      deepEqual((await json('kv get old/app')).data.data, { a: 'b' })
      await does('secrets disable old')
    },
  },
  {
    name: 'any path: write from a file, read a field, list, patch, delete',
    async run(cli) {
      const { does, fails, json } = words(cli)
      writeFileSync(join(cli.folder, 'doc.json'), '{"data":{"n":12345678,"a":"b"}}')
      await does('write kv/data/app/doc @doc.json')
      equal((await json('read kv/data/app/doc')).data.data.n, 12345678)
      deepEqual(await json('list kv/metadata/app'), ['doc'])
      await does('delete kv/metadata/app/doc')
      await fails('read kv/data/app/doc', 2, /./)
      await fails('read nowhere/x', 2, /./)
    },
  },
  {
    name: 'tokens: make, look up, what it may do, renew, revoke',
    async run(cli) {
      const { does, json } = words(cli)
      await does('policy write app app.hcl')
      const { auth } = await json('token create -policy=app -ttl=1h -metadata=who=me')
      const app = words(cli, auth.client_token)
      deepEqual((await app.json('token lookup')).data.meta, { who: 'me' })
      await app.does('kv put -mount=kv app/x a=1')
      await app.fails('kv get kv/other', 2, /permission denied/)
      match(await app.does('token capabilities kv/data/app/x'), /create, patch, read, update/)
      match(await does(`token capabilities ${auth.client_token} kv/data/other`), /deny/)
      equal((await app.json('token renew -increment=30m')).auth.lease_duration, 1800)
      match(await does(`token lookup -accessor ${auth.accessor}`), /accessor/)
      await does(`token revoke -accessor ${auth.accessor}`)
      await app.fails('token lookup', 2, /./)
    },
  },
  {
    name: 'logins: userpass, and AppRole with a secret id that came wrapped',
    async run(cli) {
      const { does, json, fails } = words(cli)
      await does('auth enable -path=people userpass')
      await does('write auth/people/users/alice password=secret token_policies=app')
      const line = 'login -no-store -method=userpass -path=people username=alice'
      const { auth } = await json(`${line} password=secret`)
      deepEqual(auth.policies, ['app', 'default'])
      await fails(`${line} password=wrong`, 2, /invalid username or password/)
      await does('auth enable approle')
      await does('write auth/approle/role/ci token_policies=app')
      const roleId = await does('read -field=role_id auth/approle/role/ci/role-id')
      const wrapped = await does(
        'write -wrap-ttl=1m -field=wrapping_token -force auth/approle/role/ci/secret-id',
      )
      const secretId = await does(`unwrap -field=secret_id ${wrapped.trim()}`)
      const given = `role_id=${roleId.trim()} secret_id=${secretId.trim()}`
      equal((await json(`write auth/approle/login ${given}`)).auth.metadata.role_name, 'ci')
      await does('auth disable people')
      await does('auth disable approle')
    },
  },
  {
    name: 'wrapping: an answer is given out once',
    async run(cli) {
      const { does, fails, json } = words(cli)
      await does('kv put kv/app/w a=b')
      // Not by -field: bao looks for that in the secret.
      const { token } = (await json('kv get -wrap-ttl=5m kv/app/w')).wrap_info
      match(await does(`unwrap ${token}`), /a/)
      await fails(`unwrap ${token}`, 2, /wrapping token is not valid or does not exist/)
    },
  },
  {
    name: 'mounts: tune, move, take away; audit devices are listed',
    async run(cli) {
      const { does, json, fails } = words(cli)
      await does('secrets tune -default-lease-ttl=1h kv')
      equal((await json('read sys/mounts/kv/tune')).data.default_lease_ttl, 3600)
      await does('secrets enable -path=here kv')
      await does('secrets move here there')
      ok('there/' in (await json('secrets list')))
      await does('secrets disable there')
      ok('token/' in (await json('auth list')))
      // A list of nothing: bao says so and fails, and so may others.
      ok([0, 2].includes((await run(cli, 'audit list')).status ?? 1))
      await fails('secrets enable nothing', 2, /./)
    },
  },
]

/** The life of a server that is not initialised: keys, sealing, new keys, rotation, another root token. */
export const sealedCliJourney: CliJourney = {
  name: 'init, unseal, rotate, rekey, seal, unseal with the new keys, root generation',
  async run(cli) {
    const { does, json } = words(cli)
    equal((await run(cli, 'status')).status, 2)
    const made = await json('operator init -key-shares=3 -key-threshold=2')
    const [first, second] = made.unseal_keys_b64
    await does(`operator unseal ${first}`)
    match(await does(`operator unseal ${second}`), /Sealed\s+false/)
    await does('login -', made.root_token)
    await does('secrets enable -path=kv -version=2 kv')
    await does('kv put kv/app a=before')
    const term = async () =>
      Number((await json('operator key-status')).data?.term ?? (await json('operator key-status')).term)
    const before = await term()
    await does('operator rotate')
    equal(await term(), before + 1)
    const renewed = await rekeyed(cli, [first, second])
    equal(renewed.length, 5)
    await does('operator seal')
    equal((await run(cli, 'status')).status, 2)
    for (const key of renewed.slice(0, 3)) await does(`operator unseal ${key}`)
    equal((await does('kv get -field=a kv/app')).trim(), 'before')
    const root = await rootGenerated(cli, renewed.slice(2, 5))
    notEqual(root, made.root_token)
    deepEqual((await words(cli, root).json('token lookup')).data.policies, ['root'])
  },
}

async function rekeyed(cli: Cli, keys: readonly string[]): Promise<readonly string[]> {
  const { json } = words(cli)
  const { nonce } = await json('operator rekey -init -key-shares=5 -key-threshold=3')
  let last: { readonly keys_base64?: readonly string[] } = {}
  for (const key of keys) last = await json(`operator rekey -nonce=${nonce} ${key}`)
  return last.keys_base64 ?? []
}

async function rootGenerated(cli: Cli, keys: readonly string[]): Promise<string> {
  const { does, json } = words(cli)
  const { nonce, otp } = await json('operator generate-root -init')
  let encoded = ''
  for (const key of keys) {
    const said = await json(`operator generate-root -nonce=${nonce} ${key}`)
    encoded = said.encoded_root_token || said.encoded_token
  }
  return (await does(`operator generate-root -decode=${encoded} -otp=${otp}`)).trim()
}
