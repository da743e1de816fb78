// Where roles and secret ids lie, below the mount's own part of the storage:
//   salt                     of the hashes, made once
//   role/<name>              a role
//   role-id/<hash>           which role a role id means
//   secret/<uuid>/<hash>     a secret id of the role with this uuid
//   accessor/<hash>          which secret id an accessor means
// Neither secret ids nor what finds them can be read from there: a hash is keyed, and says nothing without the salt.

import { everyEntry, happened, type Kv, type Write } from '../../../store/index.ts'
import { keyedHash } from '../../../token/index.ts'
import type { Context } from '../path.ts'
import { invalid, type Role } from './role.ts'

/** A secret id as it is kept. */
export type SecretId = {
  readonly accessor: string
  /** 0 where uses are not counted. */
  readonly usesLeft: number
  /** 0: for ever. */
  readonly ttlSeconds: number
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** null: never. */
  readonly expiresAtMs: number | null
  readonly metadata: readonly (readonly [string, string])[]
  readonly cidrs: readonly string[]
  /** For the tokens that it gets, in the place of the role's; empty for none. */
  readonly tokenCidrs: readonly string[]
}

/** A secret id and the key that it is kept under. */
export type FoundSecret = { readonly key: string; readonly secret: SecretId; readonly version: string }

const saltKey = 'salt'

/** Opens what one mount keeps. */
export async function approleStorage(context: Context): Promise<ApproleStorage> {
  const { store, random, clock } = context
  const found = await store.get(saltKey)
  if (found !== undefined) return new ApproleStorage(store, keyedHash(found.value), () => clock.now())
  const salt = random.bytes(32)
  await happened(store.batch([{ kind: 'put', key: saltKey, value: salt, expected: 'absent' }]))
  return approleStorage(context)
}

export class ApproleStorage {
  private readonly store: Kv
  private readonly hashed: (text: string) => string
  private readonly now: () => number

  constructor(store: Kv, hashed: (text: string) => string, now: () => number) {
    this.store = store
    this.hashed = hashed
    this.now = now
  }

  async role(name: string): Promise<Role | undefined> {
    return fromEntry<Role>(await this.store.get(roleKey(name)))
  }

  /** The role that a role id means; that there is none takes as many steps. */
  async roleById(roleId: string): Promise<Role | undefined> {
    const name = fromEntry<string>(await this.store.get(this.roleIdKey(roleId)))
    const role = await this.role(name ?? '')
    return role?.roleId === roleId ? role : undefined
  }

  /**
   * Puts what `next` makes of a role as it is now; nothing happens where it makes nothing.
   *
   * @returns what there is now
   * @throws SentinelError REQUEST_INVALID where its role id is another role's
   */
  async changeRole(
    name: string,
    next: (before: Role | undefined) => Role | undefined,
  ): Promise<Role | undefined> {
    for (;;) {
      const entry = await this.store.get(roleKey(name))
      const before = fromEntry<Role>(entry)
      const after = next(before)
      if (after === undefined) return before
      const put: Write = {
        kind: 'put',
        key: roleKey(name),
        value: toBytes(after),
        expected: entry ?? 'absent',
      }
      const index = before?.roleId === after.roleId ? [] : await this.indexing(before, after)
      if (await happened(this.store.batch([put, ...index]))) return after
    }
  }

  private async indexing(before: Role | undefined, after: Role): Promise<readonly Write[]> {
    const key = this.roleIdKey(after.roleId)
    if ((await this.roleById(after.roleId)) !== undefined) throw invalid('role_id is already in use')
    const entry = await this.store.get(key)
    const put: Write = { kind: 'put', key, value: toBytes(after.name), expected: entry ?? 'absent' }
    return before === undefined ? [put] : [put, deletion(this.roleIdKey(before.roleId))]
  }

  /** The role first: without it nothing else counts. */
  async removeRole(name: string): Promise<void> {
    const role = await this.role(name)
    if (role === undefined) return
    await this.store.batch([deletion(roleKey(name)), deletion(this.roleIdKey(role.roleId))])
    for (const found of await this.secrets(role)) await this.removeSecret(found)
  }

  /** A secret id of a role, if it counts. */
  async secret(role: Pick<Role, 'uuid'>, secretId: string): Promise<FoundSecret | undefined> {
    return this.secretAt(this.secretKey(role, secretId))
  }

  /** The secret id of a role that an accessor means. */
  async secretByAccessor(role: Role, accessor: string): Promise<FoundSecret | undefined> {
    const key = fromEntry<string>(await this.store.get(this.accessorKey(accessor)))
    return key?.startsWith(secretPrefix(role)) === true ? this.secretAt(key) : undefined
  }

  private async secretAt(key: string): Promise<FoundSecret | undefined> {
    const entry = await this.store.get(key)
    const secret = fromEntry<SecretId>(entry)
    if (entry === undefined || secret === undefined || this.isOver(secret)) return undefined
    return { key, secret, version: entry.version }
  }

  private isOver({ expiresAtMs }: SecretId): boolean {
    return expiresAtMs !== null && expiresAtMs <= this.now()
  }

  /** @throws SentinelError REQUEST_INVALID where the role has this one already */
  async addSecret(role: Role, secretId: string, secret: SecretId): Promise<void> {
    const key = this.secretKey(role, secretId)
    const added = await happened(
      this.store.batch([
        { kind: 'put', key, value: toBytes(secret), expected: 'absent' },
        { kind: 'put', key: this.accessorKey(secret.accessor), value: toBytes(key), expected: 'absent' },
      ]),
    )
    if (!added) throw invalid('SecretID is already registered')
  }

  /**
   * Spends one use; the last takes the secret id with it.
   *
   * @returns false where somebody else used or destroyed it meanwhile: then look again
   */
  spend({ key, secret, version }: FoundSecret): Promise<boolean> {
    const { usesLeft } = secret
    if (usesLeft === 1) {
      const gone: Write = { kind: 'delete', key, expected: { version } }
      return happened(this.store.batch([gone, deletion(this.accessorKey(secret.accessor))]))
    }
    const value = toBytes({ ...secret, usesLeft: usesLeft - 1, updatedAtMs: this.now() })
    return happened(this.store.batch([{ kind: 'put', key, value, expected: { version } }]))
  }

  async removeSecret({ key, secret }: Pick<FoundSecret, 'key' | 'secret'>): Promise<void> {
    await this.store.batch([deletion(key), deletion(this.accessorKey(secret.accessor))])
  }

  /** Those of a role that count, and those that are over. */
  async secrets(role: Role): Promise<readonly (Pick<FoundSecret, 'key' | 'secret'> & { isOver: boolean })[]> {
    const found = []
    for await (const { key, value } of everyEntry(this.store, secretPrefix(role))) {
      const secret = JSON.parse(Buffer.from(value).toString()) as SecretId
      found.push({ key, secret, isOver: this.isOver(secret) })
    }
    return found
  }

  /** Clears away secret ids that are over or without a role, and accessors of none. @returns how many */
  async tidy(): Promise<number> {
    const uuids = new Set<string>()
    for await (const { value } of everyEntry(this.store, 'role/'))
      uuids.add((JSON.parse(Buffer.from(value).toString()) as Role).uuid)
    let cleared = 0
    for await (const { key, value } of everyEntry(this.store, 'secret/')) {
      const secret = JSON.parse(Buffer.from(value).toString()) as SecretId
      if (uuids.has(key.split('/')[1] ?? '') && !this.isOver(secret)) continue
      await this.removeSecret({ key, secret })
      cleared++
    }
    for await (const { key, value } of everyEntry(this.store, 'accessor/')) {
      const secretKey = JSON.parse(Buffer.from(value).toString()) as string
      if ((await this.store.get(secretKey)) !== undefined) continue
      await this.store.batch([deletion(key)])
      cleared++
    }
    return cleared
  }

  private roleIdKey(roleId: string): string {
    return `role-id/${this.hashed(roleId)}`
  }

  private secretKey(role: Pick<Role, 'uuid'>, secretId: string): string {
    return secretPrefix(role) + this.hashed(secretId)
  }

  private accessorKey(accessor: string): string {
    return `accessor/${this.hashed(accessor)}`
  }
}

const roleKey = (name: string) => `role/${name}`
const secretPrefix = ({ uuid }: Pick<Role, 'uuid'>) => `secret/${uuid}/`
const deletion = (key: string): Write => ({ kind: 'delete', key, expected: 'anything' })
const toBytes = (value: unknown) => Buffer.from(JSON.stringify(value))
const fromEntry = <T>(entry: { readonly value: Uint8Array } | undefined): T | undefined =>
  entry === undefined ? undefined : (JSON.parse(Buffer.from(entry.value).toString()) as T)
