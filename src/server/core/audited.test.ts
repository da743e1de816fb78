import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freshFolder } from '../../machine/machine.fake.ts'
import { memoryKv } from '../../store/index.ts'
import { codeOf, coreKit } from '../core.fake.ts'

/** An unsealed server with one audit device, and the entries in its file. */
async function audited() {
  const folder = freshFolder()
  const file = join(folder, 'audit.log')
  const storage = { ...memoryKv(), close: async () => {} }
  const kit = await coreKit(storage, { folders: [folder] })
  onTestFinished(() => kit.core.close())
  const { rootToken, share } = await kit.core.develop()
  const root = rootToken.reveal()
  // What is written is told as it is: without the versions of KV 2 around it.
  await kit.ask('delete', 'sys/mounts/secret', root)
  await kit.ask('update', 'sys/mounts/secret', root, { type: 'kv' })
  const enable = (path = 'file', options: Record<string, string> = {}) =>
    kit.ask('update', `sys/audit/${path}`, root, { type: 'file', options: { file_path: file, ...options } })
  const entries = (from = file) =>
    readFileSync(from, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  const told = () =>
    entries().map(({ type, request, error }) => [type, request.operation, request.path, error])
  return {
    ...kit,
    storage,
    folder,
    file,
    root,
    share: Buffer.from(share).toString('hex'),
    enable,
    entries,
    told,
  }
}

describe('a server with an audit device', () => {
  test('writes down what was asked and what was answered, and reads as one group', async () => {
    const { ask, root, enable, told } = await audited()
    await ask('update', 'secret/a', root, { b: 'c' })
    await enable()
    await ask('read', 'secret/a', root)
    expect(await codeOf(ask('read', 'secret/a', 'hvs.wrong'))).toBe('POLICY_DENIED')
    expect(told()).toEqual([
      ['request', 'update', 'sys/audit/test', undefined],
      ['response', 'update', 'sys/audit/file', undefined],
      ['request', 'read', 'secret/a', undefined],
      ['response', 'read', 'secret/a', undefined],
      ['request', 'read', 'secret/a', 'permission denied: the token is unknown or has ended'],
      ['response', 'read', 'secret/a', 'permission denied: the token is unknown or has ended'],
    ])
  })

  test('has no identity token in clear, given or asked about, and groups and keys outlive a seal', async () => {
    const { ask, core, clock, root, enable, file, share, storage } = await audited()
    await enable()
    await ask('update', 'sys/auth/userpass', root, { type: 'userpass' })
    await ask('update', 'auth/userpass/users/eve', root, { password: 'training', policies: 'shop' })
    const policy = 'path "identity/oidc/token/shop" { capabilities = ["read"] }'
    await ask('update', 'sys/policies/acl/grouped', root, { policy })
    await ask('update', 'identity/oidc/key/k', root, { algorithm: 'ES256', allowed_client_ids: '*' })
    await ask('update', 'identity/oidc/role/shop', root, { key: 'k' })
    const login = async () => {
      const { auth } = await ask('update', 'auth/userpass/login/eve', '', { password: 'training' })
      return auth as { readonly client_token: string; readonly entity_id: string }
    }
    const { client_token: token, entity_id: id } = await login()
    const group = { name: 'shop', policies: 'grouped', member_entity_ids: [id] }
    await ask('update', 'identity/group', root, group)
    const asked = async () => {
      const { data } = await ask('read', 'identity/oidc/token/shop', token)
      return String((data as { readonly token: string }).token)
    }
    const before = await asked()
    await ask('update', 'sys/seal', root)
    await ask('update', 'sys/unseal', '', { key: share })
    expect(await ask('update', 'identity/oidc/introspect', root, { token: before })).toEqual({ active: true })
    const after = await asked()
    const log = readFileSync(file, 'utf8')
    expect([log.includes(before), log.includes(after), log.includes('identity/oidc/token')]).toEqual([
      ...[false, false, true],
    ])
    const stored = await storage.list({ prefix: '', limit: 1000 })
    expect(stored.filter(({ value }) => Buffer.from(value).includes('"kty"'))).toEqual([])
    const shown = async () => {
      const { keys } = await ask('read', 'identity/oidc/.well-known/keys')
      return (keys as readonly { readonly kid: string }[]).map(({ kid }) => kid)
    }
    const [, next] = await shown()
    clock.advance(24 * 3_600_000)
    await core.tick()
    expect((await shown())[0]).toBe(next)
  })

  test('writes down where a policy is wrong, and nothing of its text', async () => {
    const { ask, root, enable, told, file } = await audited()
    await enable()
    const policy = 'path "x" {\n  capabilities = ["CANARY"]\n}\npath "y" { token = "hvs.CANARY" }'
    for (const text of [policy, Buffer.from(policy).toString('base64')])
      expect(await codeOf(ask('update', 'sys/policies/acl/p', root, { policy: text }))).toBe(
        'REQUEST_INVALID',
      )
    expect(told().at(-1)?.at(-1)).toMatch(/^failed to parse policy: line 2, column \d+/)
    expect(readFileSync(file, 'utf8')).not.toContain('CANARY')
  })

  test('writes values that settings of the mount name as they are, and the others as hashes', async () => {
    const { ask, root, enable, entries } = await audited()
    await enable()
    await ask('update', 'sys/mounts/secret/tune', root, {
      audit_non_hmac_request_keys: ['shown'],
      audit_non_hmac_response_keys: 'shown',
    })
    expect((await ask('read', 'sys/mounts/secret/tune', root)).data).toMatchObject({
      audit_non_hmac_request_keys: ['shown'],
      audit_non_hmac_response_keys: ['shown'],
    })
    await ask('update', 'secret/a', root, { shown: 'open', other: 'hidden' })
    await ask('read', 'secret/a', root)
    const [written, read] = [entries().at(-4), entries().at(-1)]
    expect(written.request.data).toEqual({ shown: 'open', other: expect.stringMatching(/^hmac-sha256:/) })
    expect(read.response.data).toEqual({ shown: 'open', other: expect.stringMatching(/^hmac-sha256:/) })
  })

  test('tells the hash of a value, with which it can be looked for', async () => {
    const { ask, root, enable, entries } = await audited()
    await enable()
    await ask('update', 'secret/a', root, { b: 'needle' })
    const { hash } = await ask('update', 'sys/audit-hash/file', root, { input: 'needle' })
    expect(entries().find(({ request }) => request.path === 'secret/a').request.data.b).toBe(hash)
  })

  test('does and releases nothing while the device cannot write, and says so once', async () => {
    const { ask, core, root, enable, folder, file, logged } = await audited()
    await enable()
    await ask('update', 'secret/a', root, { b: 'before' })
    rmSync(file)
    mkdirSync(file)
    await core.reopen()
    expect(await codeOf(ask('read', 'secret/a', root))).toBe('AUDIT_FAILED')
    expect(await codeOf(ask('update', 'secret/a', root, { b: 'after' }))).toBe('AUDIT_FAILED')
    expect(await codeOf(ask('update', 'auth/token/create', root))).toBe('AUDIT_FAILED')
    expect(await codeOf(ask('update', 'sys/generate-root/attempt', ''))).toBe('AUDIT_FAILED')
    rmSync(file, { recursive: true })
    expect((await ask('read', 'secret/a', root)).data).toEqual({ b: 'before' })
    expect(await ask('read', 'sys/generate-root/attempt')).toMatchObject({ started: false })
    expect(logged.map((line) => line.replaceAll(folder, ''))).toEqual([
      'no audit device is enabled: what is asked is recorded nowhere',
      expect.stringMatching(/^the audit device file\/ cannot write: .*audit\.log/),
      'the audit device file/ writes again',
    ])
  })

  test('goes on in a new file when the old one was moved away', async () => {
    const { ask, core, root, enable, file, entries } = await audited()
    await enable()
    await ask('read', 'secret/a', root)
    renameSync(file, `${file}.1`)
    await core.reopen()
    await ask('read', 'secret/b', root)
    expect(entries(`${file}.1`).map(({ request }) => request.path)).not.toContain('secret/b')
    expect(entries().map(({ request }) => request.path)).toEqual(['secret/b', 'secret/b'])
  })

  test('writes down what shares of the key are given for, with the shares as hashes', async () => {
    const { ask, root, enable, share, told, file } = await audited()
    await enable()
    const { nonce, otp } = await ask('update', 'sys/generate-root/attempt')
    await ask('update', 'sys/generate-root/update', '', { key: share, nonce })
    expect(await codeOf(ask('update', 'sys/rekey/update', '', { key: share, nonce: 'none' }))).toBe(
      'REQUEST_INVALID',
    )
    await ask('read', 'sys/health')
    await ask('read', 'sys/seal-status')
    expect(told().slice(2)).toEqual([
      ['request', 'update', 'sys/generate-root/attempt', undefined],
      ['response', 'update', 'sys/generate-root/attempt', undefined],
      ['request', 'update', 'sys/generate-root/update', undefined],
      ['response', 'update', 'sys/generate-root/update', undefined],
      ['request', 'update', 'sys/rekey/update', undefined],
      ['response', 'update', 'sys/rekey/update', 'no rekey in progress'],
    ])
    const text = readFileSync(file, 'utf8')
    for (const secret of [root, share, String(otp)]) expect(text).not.toContain(secret)
  })

  test('has its devices again after a restart', async () => {
    const { ask, core, root, enable, share, storage, folder, entries } = await audited()
    await enable()
    await core.close()
    const again = await coreKit(storage, { folders: [folder] })
    onTestFinished(() => again.core.close())
    await again.ask('update', 'sys/unseal', '', { key: share })
    expect(Object.keys((await again.ask('read', 'sys/audit', root)).data as object)).toEqual(['file/'])
    expect(again.logged).toEqual([])
    expect(entries().at(-1).request.path).toBe('sys/audit')
    expect(await codeOf(ask('read', 'secret/a', root))).toBe('SERVER_SEALED')
  })

  test('needs one device that writes, not all', async () => {
    const { ask, core, root, enable, folder, file } = await audited()
    await enable()
    await enable('second', { file_path: join(folder, 'second.log') })
    rmSync(file)
    mkdirSync(file)
    await core.reopen()
    expect((await ask('read', 'sys/policies/acl/default', root)).data).toMatchObject({ name: 'default' })
    expect(existsSync(join(folder, 'second.log'))).toBe(true)
  })

  test('writes nowhere but below its folders, and into nothing but audit logs', async () => {
    const { root, enable, folder } = await audited()
    const foreign = join(folder, 'notes')
    writeFileSync(foreign, 'mine\n')
    for (const file of ['/etc/passwd', join(folder, '..', 'x'), 'audit.log', foreign])
      expect(await codeOf(enable('other', { file_path: file }))).toBe('REQUEST_INVALID')
    expect(readFileSync(foreign, 'utf8')).toBe('mine\n')
    expect(root).not.toBe('')
  })

  test('that is required: without one nothing is answered but what enables one, for root', async () => {
    const folder = freshFolder()
    const kit = await coreKit(memoryKv(), { folders: [folder], auditRequired: true })
    onTestFinished(() => kit.core.close())
    const { ask } = kit
    const made = await ask('update', 'sys/init', '', { secret_shares: 1, secret_threshold: 1 })
    const [root, key] = [String(made.root_token), String((made.keys as readonly string[])[0])]
    await ask('update', 'sys/unseal', '', { key })
    expect(kit.logged).toEqual([
      'no audit device is enabled: nothing is answered but `sys/audit` and `sys/seal`, for root',
    ])
    for (const [operation, path, token] of [
      ['read', 'sys/mounts', root],
      ['update', 'auth/token/create', root],
      ['read', 'sys/audit', 'hvs.wrong'],
      ['read', 'sys/audit-hash/file', root],
      ['update', 'sys/seal', 'hvs.wrong'],
      ['update', 'sys/generate-root/attempt', ''],
      ['update', 'sys/rekey/init', ''],
      ['help', 'sys/mounts', root],
    ] as const)
      expect(await codeOf(ask(operation, path, token)), path).toBe('AUDIT_REQUIRED')
    expect(await codeOf(ask('help', 'sys/generate-root/attempt'))).toBe('none')
    expect(await ask('read', 'sys/health')).toMatchObject({ audit_enabled: false })
    const options = { file_path: join(folder, 'audit.log') }
    await ask('update', 'sys/audit/file', root, { type: 'file', options })
    expect(await codeOf(ask('read', 'sys/mounts', root))).toBe('none')
    expect(await ask('read', 'sys/health')).toMatchObject({ audit_enabled: true })
    await ask('delete', 'sys/audit/file', root)
    expect(await codeOf(ask('read', 'sys/mounts', root))).toBe('AUDIT_REQUIRED')
    expect(await codeOf(ask('update', 'sys/seal', root))).toBe('none')
    expect(await ask('read', 'sys/seal-status')).toMatchObject({ sealed: true })
  })
})
