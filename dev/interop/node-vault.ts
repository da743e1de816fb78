// What people do with node-vault, done with it: an unmodified client from npm against a server of ours. Each journey
// leaves nothing behind that another would stumble over.

import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import nodeVault from 'node-vault'

/** A client of node-vault. */
export type Client = ReturnType<typeof nodeVault>

/** A client of its own for each journey, and how to make one more. */
export type Place = { readonly root: Client; client(token?: string): Client }

export type Journey = { readonly name: string; run(place: Place): Promise<void> }

/** The place for journeys at a server, as root. */
export const placeAt = (endpoint: string, rootToken: string): Place => {
  // The empty text keeps it from taking a token of the developer's.
  const client = (token = '') => nodeVault({ apiVersion: 'v1', endpoint, token, namespace: '' })
  return { root: client(rootToken), client }
}

const statusOf = (thrown: { readonly response?: { readonly statusCode: number } }) =>
  thrown.response?.statusCode
const refused = (status: number) => (thrown: unknown) => statusOf(thrown as object) === status
const policy = 'path "nv/data/app/*" { capabilities = ["create", "read", "update", "patch", "list"] }'

/** Journeys at a server that is unsealed. */
export const journeys: readonly Journey[] = [
  {
    name: 'policies are written, read, listed and deleted',
    async run({ root }) {
      await root.addPolicy({ name: 'nv-app', policy })
      equal((await root.getPolicy({ name: 'nv-app' })).data.rules, policy)
      ok((await root.policies()).data.policies.includes('nv-app'))
      await rejects(root.addPolicy({ name: 'nv-bad', policy: 'path "x" {' }), refused(400))
      await root.removePolicy({ name: 'nv-app' })
      await rejects(root.getPolicy({ name: 'nv-app' }), refused(404))
    },
  },
  {
    name: 'secrets of KV 2 are written, read by version, patched, listed, deleted, had back and destroyed',
    async run({ root }) {
      await root.mount({ mount_point: 'nv', type: 'kv', options: { version: '2' } })
      equal((await root.mounts())['nv/'].options.version, '2')
      await root.write('nv/data/app/db', { data: { user: 'app', password: 'one' } })
      await root.write('nv/data/app/db', { data: { user: 'app', password: 'two' }, options: { cas: 1 } })
      await rejects(root.write('nv/data/app/db', { data: {}, options: { cas: 1 } }), refused(400))
      deepEqual((await root.read('nv/data/app/db')).data.data, { user: 'app', password: 'two' })
      equal((await root.read('nv/data/app/db?version=1')).data.data.password, 'one')
      await root.update('nv/data/app/db', { data: { user: null, more: { a: 1 } } })
      deepEqual((await root.read('nv/data/app/db')).data.data, { password: 'two', more: { a: 1 } })
      deepEqual((await root.list('nv/metadata')).data.keys, ['app/'])
      deepEqual((await root.list('nv/metadata/app')).data.keys, ['db'])
      await root.delete('nv/data/app/db')
      await rejects(root.read('nv/data/app/db'), refused(404))
      await root.write('nv/undelete/app/db', { versions: [3] })
      await root.write('nv/destroy/app/db', { versions: [1] })
      const { versions, current_version: current } = (await root.read('nv/metadata/app/db')).data
      deepEqual([current, versions[1].destroyed, versions[3].deletion_time], [3, true, ''])
      await root.delete('nv/metadata/app/db')
      await rejects(root.list('nv/metadata'), refused(404))
      await root.unmount({ mount_point: 'nv' })
    },
  },
  {
    name: 'secrets of KV 1 are written, read, listed and deleted',
    async run({ root }) {
      await root.mount({ mount_point: 'nv1', type: 'kv' })
      await root.write('nv1/app', { a: 'b', ttl: '30m' })
      const { data, lease_duration: seconds } = await root.read('nv1/app')
      deepEqual([data, seconds], [{ a: 'b', ttl: '30m' }, 1800])
      deepEqual((await root.list('nv1')).data.keys, ['app'])
      await root.delete('nv1/app')
      await rejects(root.read('nv1/app'), refused(404))
      await root.remount({ from: 'nv1', to: 'nv2' })
      await root.unmount({ mount_point: 'nv2' })
    },
  },
  {
    name: 'a token does what its policy says, is renewed, looked up and revoked',
    async run({ root, client }) {
      await root.mount({ mount_point: 'nv', type: 'kv-v2' })
      await root.addPolicy({ name: 'nv-app', policy })
      // Whoever makes a token with this client has it from then on.
      const { auth } = await client(root.token).tokenCreate({
        policies: ['nv-app'],
        ttl: '1h',
        meta: { who: 'me' },
      })
      const app = client(auth.client_token)
      await app.write('nv/data/app/x', { data: { a: 1 } })
      await rejects(app.read('nv/data/other'), refused(403))
      await rejects(app.delete('nv/data/app/x'), refused(403))
      const { data } = await app.tokenLookupSelf()
      deepEqual([data.policies, data.meta], [['default', 'nv-app'], { who: 'me' }])
      equal((await app.tokenRenewSelf({ increment: '30m' })).auth.lease_duration, 1800)
      equal((await root.tokenLookupAccessor({ accessor: auth.accessor })).data.id, '')
      await root.tokenRevoke({ token: auth.client_token })
      await rejects(app.tokenLookupSelf(), refused(403))
      await root.removePolicy({ name: 'nv-app' })
      await root.unmount({ mount_point: 'nv' })
    },
  },
  {
    name: 'people log in with a name and a password',
    async run({ root, client }) {
      await root.addPolicy({ name: 'nv-app', policy })
      await root.enableAuth({ mount_point: 'nv-people', type: 'userpass' })
      ok('nv-people/' in (await root.auths()))
      await root.write('auth/nv-people/users/alice', { password: 'correct horse', token_policies: 'nv-app' })
      const person = client()
      const login = { mount_point: 'nv-people', username: 'alice', password: 'correct horse' }
      const { auth } = await person.userpassLogin(login)
      deepEqual([auth.policies, auth.metadata.username], [['default', 'nv-app'], 'alice'])
      // A login leaves its token in the client.
      equal((await person.tokenLookupSelf()).data.display_name, 'nv-people-alice')
      await rejects(client().userpassLogin({ ...login, password: 'wrong' }), refused(400))
      await rejects(client().userpassLogin({ ...login, username: 'nobody' }), refused(400))
      await root.disableAuth({ mount_point: 'nv-people' })
      await rejects(person.tokenLookupSelf(), refused(403))
      await root.removePolicy({ name: 'nv-app' })
    },
  },
  {
    name: 'programs log in by AppRole, with a secret id that came wrapped',
    async run({ root, client }) {
      await root.addPolicy({ name: 'nv-app', policy })
      await root.enableAuth({ mount_point: 'nv-role', type: 'approle' })
      await root.write('auth/nv-role/role/ci', { token_policies: ['nv-app'], secret_id_num_uses: 1 })
      const { role_id } = (await root.read('auth/nv-role/role/ci/role-id')).data
      const headers = { 'X-Vault-Wrap-TTL': '1m' }
      const { wrap_info: wrap } = await root.write('auth/nv-role/role/ci/secret-id', {}, { headers })
      const { secret_id } = (await client(wrap.token).unwrap()).data
      const login = { mount_point: 'nv-role', role_id, secret_id }
      const { auth } = await client().approleLogin(login)
      deepEqual([auth.policies, auth.metadata.role_name], [['default', 'nv-app'], 'ci'])
      await rejects(client().approleLogin(login), refused(400))
      await root.disableAuth({ mount_point: 'nv-role' })
      await root.removePolicy({ name: 'nv-app' })
    },
  },
  {
    name: 'an answer waits in a wrapping token, and is given out once',
    async run({ root, client }) {
      await root.write('cubbyhole/nv', { a: 'b' })
      const { wrap_info: wrap, data } = await root.read('cubbyhole/nv', {
        headers: { 'X-Vault-Wrap-TTL': '60s' },
      })
      deepEqual([data, wrap.ttl, wrap.creation_path], [null, 60, 'cubbyhole/nv'])
      const looked = await root.write('sys/wrapping/lookup', { token: wrap.token })
      equal(looked.data.creation_path, 'cubbyhole/nv')
      deepEqual((await root.unwrap({ token: wrap.token })).data, { a: 'b' })
      await rejects(root.unwrap({ token: wrap.token }), refused(400))
      await rejects(client(wrap.token).unwrap(), refused(400))
      await root.delete('cubbyhole/nv')
    },
  },
  {
    name: 'it tells how it is, and what a path is for',
    async run({ root }) {
      equal((await root.health()).sealed, false)
      equal((await root.status()).sealed, false)
      equal((await root.initialized()).initialized, true)
      match((await root.help('sys/policy')).help, /polic/i)
    },
  },
]

/** The life of a server that is neither initialised nor unsealed, from beginning to end. */
export const sealedJourney = {
  name: 'a server is initialised, unsealed, given another root token, and sealed',
  async run(endpoint: string): Promise<void> {
    const { root } = placeAt(endpoint, '')
    equal((await root.initialized()).initialized, false)
    const made = await root.init({ secret_shares: 3, secret_threshold: 2 })
    equal(made.keys.length, 3)
    root.token = made.root_token
    await rejects(root.tokenLookupSelf(), refused(503))
    equal((await root.unseal({ key: made.keys[0] })).sealed, true)
    equal((await root.unseal({ key: made.keys[2] })).sealed, false)
    equal((await root.tokenLookupSelf()).data.policies[0], 'root')
    await root.rotate()
    const { nonce, otp } = await root.generateRootInit({})
    await root.generateRootUpdate({ key: made.keys[0], nonce })
    const { encoded_root_token: encoded } = await root.generateRootUpdate({ key: made.keys[1], nonce })
    const hidden = Buffer.from(encoded, 'base64')
    root.token = Buffer.from(hidden.map((byte, at) => byte ^ otp.charCodeAt(at))).toString()
    equal((await root.tokenLookupSelf()).data.policies[0], 'root')
    await root.seal()
    equal((await root.status()).sealed, true)
  },
}
