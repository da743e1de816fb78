// Identity tokens (spec/vault.md 7.5): named keys, roles that say what a token holds, tokens for whoever asks, and whether
// a token counts. Keys and roles are few, and are kept in memory. Rows, below the room's own part of the storage:
// `oidc/config`, `oidc/key/<name>`, `oidc/role/<name>`.
//
// INVARIANT: a key signs for a role only while it names the role's client, and a token is believed only while a role uses
// its key. Changes take turns, so that what a role needs of its key is not changed beside it.

import { type Clock, inTurn, type Random } from '../../base/index.ts'
import { everyEntry, type Kv } from '../../store/index.ts'
import type { Entities } from '../entities.ts'
import type { Groups } from '../groups.ts'
import { refuse } from '../refuse.ts'
import {
  bytesToKey,
  type KeySettings,
  keyToBytes,
  type NamedKey,
  publicKeysOf,
  replaced,
  requireKeySettings,
  rotated,
  usualKey,
  withoutFormer,
} from './key.ts'
import { newSigningKey, type PublicKey, signed, verified } from './signing.ts'
import { decodedTemplate, filledClaims, textToClaims } from './template.ts'

export type OidcDeps = {
  readonly kv: Kv
  readonly clock: Clock
  readonly random: Random
  readonly entities: Entities
  readonly groups: Groups
  /** Where clients find this server, who issues tokens where nothing else is said; may be empty. */
  readonly apiAddress: string
}

/** What administrators say of a role. */
export type RoleSettings = {
  readonly key: string
  /** JSON with places to fill in; empty for no claims of its own. */
  readonly template: string
  readonly clientId: string
  /** Seconds. */
  readonly ttlSeconds: number
}

/** A token for whoever asked. */
export type IdentityToken = {
  readonly token: string
  readonly clientId: string
  readonly ttlSeconds: number
  /** It is shorter than its role says: its key would not be believed for so long. */
  readonly isCapped: boolean
}

export interface Oidc {
  /** As it was said; empty where nothing was. */
  issuer(): string
  /** What stands in tokens. */
  effectiveIssuer(): string
  /** @throws SentinelError REQUEST_INVALID where it is more than a scheme, a host and a port */
  configure(issuer: string): Promise<void>
  key(name: string): KeySettings | undefined
  /** Sorted. */
  keyNames(): readonly string[]
  /** @throws SentinelError REQUEST_INVALID where no key can be so, or a role of it could not go on */
  writeKey(name: string, change: Partial<KeySettings>): Promise<void>
  /** @throws SentinelError REQUEST_INVALID where there is none */
  rotateKey(name: string, believedSeconds?: number): Promise<void>
  /** Nothing happens where there is none. @throws SentinelError REQUEST_INVALID where a role uses it */
  removeKey(name: string): Promise<void>
  role(name: string): RoleSettings | undefined
  /** Sorted. */
  roleNames(): readonly string[]
  /** @throws SentinelError REQUEST_INVALID where its key or template is none, or its tokens would outlast the key */
  writeRole(name: string, change: Partial<RoleSettings>): Promise<void>
  /** Nothing happens where there is none. */
  removeRole(name: string): Promise<void>
  /** @throws SentinelError REQUEST_INVALID where there is no such role, its key is not for it, or nobody asks */
  tokenFor(role: string, entityId: string): Promise<IdentityToken>
  /** @returns why a token counts for nothing; undefined where it counts */
  faultOf(token: string, clientId?: string): Promise<string | undefined>
  /** Those that tokens are checked by, of all keys that roles use. */
  publicKeys(): readonly PublicKey[]
  /** Rotates what is due, and forgets what is believed no longer; to be called now and then. */
  tick(): Promise<void>
}

/** The key that roles may name though nobody made it: for every client. */
const defaultKey = 'default'
const usualRole: RoleSettings = { key: '', template: '', clientId: '', ttlSeconds: 86_400 }

/** Reads keys and roles of a storage. */
export async function openOidc(deps: OidcDeps): Promise<Oidc> {
  const oidc = new StoredOidc(deps)
  await oidc.load()
  return oidc
}

class StoredOidc implements Oidc {
  private readonly deps: OidcDeps
  private readonly keys = new Map<string, NamedKey>()
  private readonly roles = new Map<string, RoleSettings>()
  private said = ''
  private readonly oneAtATime = inTurn()

  constructor(deps: OidcDeps) {
    this.deps = deps
  }

  async load(): Promise<void> {
    const { kv } = this.deps
    const config = await kv.get('oidc/config')
    if (config !== undefined) this.said = (fromBytes(config.value) as { readonly issuer: string }).issuer
    for await (const { key, value } of everyEntry(kv, keyRow(''))) {
      this.keys.set(key.slice(keyRow('').length), bytesToKey(value))
    }
    for await (const { key, value } of everyEntry(kv, roleRow(''))) {
      this.roles.set(key.slice(roleRow('').length), fromBytes(value) as RoleSettings)
    }
  }

  issuer(): string {
    return this.said
  }

  effectiveIssuer(): string {
    return `${this.said === '' ? this.deps.apiAddress.replace(/\/+$/, '') : this.said}/v1/identity/oidc`
  }

  async configure(issuer: string): Promise<void> {
    requireIssuer(issuer)
    return this.oneAtATime(async () => {
      await this.put('oidc/config', toBytes({ issuer }))
      this.said = issuer
    })
  }

  key(name: string): KeySettings | undefined {
    const key = this.keys.get(name)
    return key && settingsOf(key)
  }

  keyNames(): readonly string[] {
    return [...this.keys.keys()].sort()
  }

  writeKey(name: string, change: Partial<KeySettings>): Promise<void> {
    return this.oneAtATime(async () => {
      const before = this.keys.get(name)
      const settings = { ...(before === undefined ? usualKey : settingsOf(before)), ...change }
      requireKeySettings(settings)
      for (const { ttlSeconds } of this.rolesOf(name).values()) {
        if (ttlSeconds <= settings.verificationSeconds) continue
        const problem = `one or more roles with a token ttl greater than ${settings.verificationSeconds} seconds`
        refuse(`unable to update key "${name}" because it is currently referenced by ${problem}`)
      }
      await this.keepKey(name, await this.keyAs(before, settings))
    })
  }

  async rotateKey(name: string, believedSeconds?: number): Promise<void> {
    if (believedSeconds !== undefined && believedSeconds < 0) refuse('verification_ttl cannot be negative')
    return this.oneAtATime(async () => {
      const key = this.keys.get(name) ?? refuse(`no named key found at "${name}"`)
      await this.rotate(name, key, believedSeconds)
    })
  }

  async removeKey(name: string): Promise<void> {
    if (name === defaultKey) refuse(`deletion of key "${name}" not allowed`)
    return this.oneAtATime(async () => {
      const users = [...this.rolesOf(name).keys()].sort().join(', ')
      if (users !== '')
        refuse(`unable to delete key "${name}" because it is currently referenced by these roles: ${users}`)
      await this.deps.kv.batch([{ kind: 'delete', key: keyRow(name), expected: 'anything' }])
      this.keys.delete(name)
    })
  }

  role(name: string): RoleSettings | undefined {
    return this.roles.get(name)
  }

  roleNames(): readonly string[] {
    return [...this.roles.keys()].sort()
  }

  writeRole(name: string, change: Partial<RoleSettings>): Promise<void> {
    return this.oneAtATime(async () => {
      const asked = { ...usualRole, ...this.roles.get(name), ...change }
      const { key: keyName, ttlSeconds } = asked
      const template = decodedTemplate(asked.template)
      textToClaims(template)
      if (keyName === '') refuse('the key parameter is required')
      if (ttlSeconds < 1) refuse("a role's token ttl must be at least one second")
      const key = this.keys.get(keyName) ?? (await this.defaultKeyFor(keyName))
      if (ttlSeconds > key.verificationSeconds)
        refuse("a role's token ttl cannot be longer than the verification_ttl of the key it references")
      const clientId = asked.clientId === '' ? this.newClientId() : asked.clientId
      const settings = { key: keyName, template, clientId, ttlSeconds }
      await this.put(roleRow(name), toBytes(settings))
      this.roles.set(name, settings)
    })
  }

  removeRole(name: string): Promise<void> {
    return this.oneAtATime(async () => {
      await this.deps.kv.batch([{ kind: 'delete', key: roleRow(name), expected: 'anything' }])
      this.roles.delete(name)
    })
  }

  async tokenFor(roleName: string, entityId: string): Promise<IdentityToken> {
    const role = this.roles.get(roleName) ?? refuse(`role "${roleName}" not found`)
    const key = this.keys.get(role.key) ?? refuse(`key "${role.key}" not found`)
    const { clientId } = role
    if (!key.allowedClientIds.includes('*') && !key.allowedClientIds.includes(clientId)) {
      const problem = `does not list the client ID of the role "${roleName}" as an allowed client ID`
      refuse(`the key "${role.key}" ${problem}`)
    }
    const identity = this.deps.groups.identityOf(entityId)
    if (identity === undefined) return refuse("no entity associated with the request's token")
    const nowMs = this.deps.clock.now()
    const ttlSeconds = Math.min(role.ttlSeconds, key.verificationSeconds)
    const issuedAt = Math.floor(nowMs / 1000)
    const token = await signed(key.signing, {
      ...filledClaims(textToClaims(role.template), identity, nowMs),
      iss: this.effectiveIssuer(),
      namespace: 'root',
      sub: identity.entity.id,
      aud: clientId,
      iat: issuedAt,
      exp: issuedAt + ttlSeconds,
    })
    return { token, clientId, ttlSeconds, isCapped: ttlSeconds < role.ttlSeconds }
  }

  async faultOf(token: string, clientId?: string): Promise<string | undefined> {
    const expected = { issuer: this.effectiveIssuer(), nowMs: this.deps.clock.now() }
    const audience = clientId === undefined ? {} : { audience: clientId }
    const found = await verified(token, this.publicKeys(), { ...expected, ...audience })
    if ('fault' in found) return found.fault
    // Not whoever they were merged into: the token speaks of somebody who is gone.
    const entity = this.deps.entities.byId(found.subject)
    if (entity === undefined) return 'entity was not found'
    return entity.isDisabled ? 'entity is disabled' : undefined
  }

  publicKeys(): readonly PublicKey[] {
    const used = new Set([...this.roles.values()].map(({ key }) => key))
    const nowMs = this.deps.clock.now()
    return [...used].flatMap((name) => {
      const key = this.keys.get(name)
      return key === undefined ? [] : publicKeysOf(key, nowMs)
    })
  }

  async tick(): Promise<void> {
    const nowMs = this.deps.clock.now()
    for (const name of this.keyNames()) {
      const isDue = (key: NamedKey) => key.nextRotationMs <= nowMs || withoutFormer(key, nowMs) !== key
      const before = this.keys.get(name)
      if (before === undefined || !isDue(before)) continue
      await this.oneAtATime(async () => {
        const key = this.keys.get(name)
        if (key === undefined) return
        if (key.nextRotationMs <= nowMs) await this.rotate(name, key)
        else await this.keepKey(name, withoutFormer(key, nowMs))
      })
    }
  }

  private rolesOf(keyName: string): ReadonlyMap<string, RoleSettings> {
    return new Map([...this.roles].filter(([, { key }]) => key === keyName))
  }

  private async keyAs(before: NamedKey | undefined, settings: KeySettings): Promise<NamedKey> {
    const { clock, random } = this.deps
    const latestMs = clock.now() + settings.rotationSeconds * 1000
    const nextRotationMs = Math.min(before?.nextRotationMs ?? latestMs, latestMs)
    if (before?.algorithm === settings.algorithm) return { ...before, ...settings, nextRotationMs }
    const signing = await newSigningKey(random, settings.algorithm)
    const next = await newSigningKey(random, settings.algorithm)
    if (before === undefined) return { ...settings, signing, next, former: [], nextRotationMs }
    return { ...replaced(before, signing, next, clock.now()), ...settings, nextRotationMs }
  }

  private async rotate(name: string, key: NamedKey, believedSeconds?: number): Promise<void> {
    const next = await newSigningKey(this.deps.random, key.algorithm)
    await this.keepKey(name, rotated(key, next, this.deps.clock.now(), believedSeconds))
  }

  private async defaultKeyFor(name: string): Promise<NamedKey> {
    if (name !== defaultKey) return refuse(`cannot find key "${name}"`)
    const key = await this.keyAs(undefined, { ...usualKey, allowedClientIds: ['*'] })
    await this.keepKey(name, key)
    return key
  }

  private newClientId(): string {
    return Buffer.from(this.deps.random.bytes(16)).toString('hex')
  }

  private async keepKey(name: string, key: NamedKey): Promise<void> {
    await this.put(keyRow(name), keyToBytes(key))
    this.keys.set(name, key)
  }

  private async put(key: string, value: Uint8Array): Promise<void> {
    await this.deps.kv.batch([{ kind: 'put', key, value, expected: 'anything' }])
  }
}

const keyRow = (name: string) => `oidc/key/${name}`
const roleRow = (name: string) => `oidc/role/${name}`

const toBytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))
const fromBytes = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString())

const settingsOf = ({
  algorithm,
  rotationSeconds,
  verificationSeconds,
  allowedClientIds,
}: KeySettings): KeySettings => ({ algorithm, rotationSeconds, verificationSeconds, allowedClientIds })

function requireIssuer(issuer: string): void {
  if (issuer === '' || (/^https?:\/\/[^/?#@\s]+$/.test(issuer) && URL.canParse(issuer))) return
  const wanted = 'a scheme, host, and optional port (e.g. https://example.com:8200)'
  refuse(`invalid issuer, which must include only ${wanted}`)
}
