import * as fs from 'node:fs/promises'
import { fakeClock } from '../../base/clock.fake.ts'
import { Secret, systemRandom } from '../../base/index.ts'
import { platforms } from '../../machine/index.ts'
import type { AuditTrouble } from './device.ts'
import type { AuditDeps } from './devices.ts'
import type { AuditAuth, AuditEntry, AuditRequest } from './entry.ts'
import type { AuditFile, AuditFiles } from './files.ts'
import type { AuditStore, DeviceRequest } from './table.ts'

/** A storage in memory. */
export function memoryStore(): AuditStore {
  const kept = new Map<string, Uint8Array>()
  return {
    async get(key) {
      const value = kept.get(key)
      return value === undefined ? undefined : { value }
    },
    async batch(writes) {
      for (const write of writes) {
        if (write.kind === 'put') kept.set(write.key, write.value)
        else kept.delete(write.key)
      }
    },
  }
}

/** What a test can do to files: each is called before the real thing, and may throw or wait. */
export type Meddling = {
  beforeWrite?(length: number): number | Promise<number>
  afterWrite?(): Promise<void>
  beforeOpen?(path: string): void
  /** Before a folder is looked for. */
  beforeFolder?(path: string): Promise<void>
  afterMkdir?(path: string): void
}

/** The machine's files, meddled with. */
export function meddledFiles(meddling: Meddling): AuditFiles {
  const wrapped = (file: fs.FileHandle): AuditFile => ({
    stat: () => file.stat(),
    read: file.read.bind(file) as AuditFile['read'],
    chmod: (mode) => file.chmod(mode),
    datasync: () => file.datasync(),
    close: () => file.close(),
    write: (async (bytes: Buffer, offset: number, length: number) => {
      const allowed = (await meddling.beforeWrite?.(length)) ?? length
      const written = await file.write(bytes, offset, Math.min(allowed, length), null)
      await meddling.afterWrite?.()
      return written
    }) as AuditFile['write'],
  })
  return {
    lstat: (path) => fs.lstat(path),
    async realpath(path) {
      await meddling.beforeFolder?.(path)
      return fs.realpath(path)
    },
    async mkdir(path, options) {
      await fs.mkdir(path, options)
      meddling.afterMkdir?.(path)
    },
    async open(path, flags, mode) {
      meddling.beforeOpen?.(String(path))
      return wrapped(await fs.open(path, flags, mode))
    },
  }
}

/** Everything devices need, and what they reported. */
export function auditDeps(
  folder: string,
  parts: Partial<AuditDeps> = {},
): AuditDeps & { readonly troubles: readonly AuditTrouble[] } {
  const troubles: AuditTrouble[] = []
  return {
    clock: fakeClock('2026-02-03T10:00:00.123Z'),
    random: systemRandom,
    platform: platforms.linux,
    wait: { after: () => () => {} },
    store: memoryStore(),
    folders: [folder],
    files: meddledFiles({}),
    durability: 'write',
    stdout: async () => {},
    report: (trouble) => troubles.push(trouble),
    troubles,
    ...parts,
  }
}

/** A request for a device that writes to a file. */
export const fileDevice = (
  file: string,
  options: Readonly<Record<string, string>> = {},
  path = 'file/',
): DeviceRequest => ({
  path,
  type: 'file',
  description: '',
  local: false,
  options: new Map(Object.entries({ file_path: file, ...options })),
})

/** An entry of a request; parts can be given. */
export function entryOf(
  request: Partial<AuditRequest> = {},
  rest: Partial<Omit<AuditEntry, 'request'>> = {},
): AuditEntry {
  return {
    type: 'request',
    timeMs: Date.parse('2026-02-03T10:00:00.123Z'),
    auth: undefined,
    response: undefined,
    error: undefined,
    ...rest,
    request: {
      id: 'id-1',
      operation: 'read',
      path: 'secret/a',
      mount: { path: 'secret/', type: 'kv', accessor: 'kv_0a1b2c3d', class: 'secret' },
      token: undefined,
      accessor: '',
      entityId: '',
      namespace: { id: 'root', path: '' },
      data: undefined,
      policyOverride: false,
      remote: { address: '127.0.0.1', port: 4711 },
      wrapSeconds: 0,
      headers: new Map(),
      ...request,
    },
  }
}

/** A holder of a token; parts can be given. */
export const authOf = (parts: Partial<AuditAuth> = {}): AuditAuth => ({
  token: { secret: new Secret('hvs.CAESIexample'), key: 'key-1' },
  accessor: 'accessor-1',
  displayName: 'userpass-bob',
  policies: ['default', 'dev'],
  tokenPolicies: ['default', 'dev'],
  identityPolicies: [],
  noDefaultPolicy: false,
  numUses: 0,
  remainingUses: 0,
  metadata: {},
  entityId: '',
  tokenType: 'service',
  ttlSeconds: 3600,
  issuedAtMs: Date.parse('2026-02-03T09:00:00Z'),
  results: undefined,
  ...parts,
})
