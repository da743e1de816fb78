// The paths of KV version 2 that are about secrets without what they say: their versions, their settings, what people
// wrote about them, and the lists.

import { SentinelError, toNanoTimestamp } from '../../../base/index.ts'
import type { Kv } from '../../../store/index.ts'
import type { Data, Json, Response } from '../../door.ts'
import { isObject } from '../../http/json.ts'
import { type Fields, readFields, type ValuesOf } from '../fields.ts'
import { foldersOf, namesIn } from '../folders.ts'
import { type Path, path } from '../path.ts'
import { customMetadataIn } from './custom-metadata.ts'
import { writable } from './version-two-data.ts'
import { customOf, headKey, headPrefix, timesOf } from './version-two-rows.ts'
import { changeSecret, readConfig, readHead, remove, writeConfig } from './version-two-store.ts'
import { type KeepingRules, newSecret, type Versioned } from './versioned.ts'

const rules = {
  max_versions: { type: 'int', help: 'how many versions are kept; 0 for the default, which is 10' },
  cas_required: { type: 'bool', help: 'whether every write must say which version it replaces' },
  delete_version_after: { type: 'seconds', help: 'after how long a version is deleted by itself' },
} as const satisfies Fields

const configPath = path({
  pattern: 'config',
  summary: 'Reads and sets what holds for all secrets of the mount',
  fields: rules,
  operations: {
    async read({ store }) {
      return { data: rulesToData(await readConfig(store)) }
    },
    async write({ store }, { fields }) {
      const next = rulesAfter(await readConfig(store), fields)
      // Everything below zero means never.
      await writeConfig(store, { ...next, deleteAfterSeconds: Math.max(-1, next.deleteAfterSeconds) })
      return {}
    },
  },
})

const metadataFields = {
  ...rules,
  custom_metadata: { type: 'json', help: 'what people want to note: an object of strings' },
} as const satisfies Fields

const metadataPath = path({
  pattern: 'metadata/:path*',
  summary: 'Reads, sets and lists what is known of secrets, and takes a secret away with all its versions',
  fields: metadataFields,
  pure: true,
  exists: async ({ store }, { params }) => (await store.get(headKey(params.path ?? ''))) !== undefined,
  operations: {
    async read({ store }, { params }) {
      const head = await readHead(store, params.path ?? '')
      return head === undefined ? { status: 404 } : { data: metadataOf(head.secret) }
    },
    list: ({ store }, { params }) => foldersOf(store, headPrefix + (params.path ?? '')),
    async write({ store, clock }, { params, fields, request }) {
      const name = writable(params.path)
      // Null takes the notes away; where nothing is said of them, they stay.
      const custom = customMetadataIn(request.data.custom_metadata)
      const config = await readConfig(store)
      await changeSecret(store, name, (before) => {
        const secret = before?.secret ?? newSecret(clock.now())
        const next = withSettings(secret, fields, custom ?? secret.customMetadata, clock.now())
        return { head: { text: before?.text ?? '', secret: next } }
      })
      return warned(config, fields)
    },
    async patch({ store, clock }, { params, request }) {
      const name = writable(params.path)
      const { fields, custom } = patchIn(request.data)
      if (fields === undefined) return {}
      const config = await readConfig(store)
      const patched = await changeSecret(store, name, (before) => {
        if (before === undefined) return undefined
        const { secret, text } = before
        const next = withSettings(secret, fields, custom(secret.customMetadata), clock.now())
        return { head: { text, secret: next } }
      })
      return patched === undefined ? { status: 404 } : warned(config, fields)
    },
    async delete({ store }, { params }) {
      await remove(store, params.path ?? '')
      return {}
    },
  },
})

const detailedPath = path({
  pattern: 'detailed-metadata/:path*',
  summary: 'Lists a folder with what is known of each secret in it',
  fields: {},
  pure: true,
  operations: { list: ({ store }, { params }) => detailed(store, params.path ?? '') },
})

async function detailed(store: Kv, folder: string): Promise<Response> {
  const keys = await namesIn(store, headPrefix + folder)
  if (keys.length === 0) return { status: 404 }
  const info: Record<string, Json> = Object.create(null)
  for (const key of keys) {
    const head = await readHead(store, folder + key)
    info[key] = head === undefined ? {} : metadataOf(head.secret)
  }
  return { data: { key_info: info, keys } }
}

/** What is known of a secret, in the words of a read. */
function metadataOf(secret: Versioned): Data {
  const versions: Record<string, Json> = Object.create(null)
  for (const [version, info] of secret.versions) versions[version] = timesOf(info)
  return {
    ...rulesToData(secret.rules),
    created_time: toNanoTimestamp(secret.createdAtMs),
    current_version: secret.current,
    custom_metadata: customOf(secret),
    oldest_version: secret.oldest,
    updated_time: toNanoTimestamp(secret.updatedAtMs),
    versions,
  }
}

const rulesToData = ({ maxVersions, casRequired, deleteAfterSeconds }: KeepingRules) => ({
  cas_required: casRequired,
  delete_version_after: secondsToGo(deleteAfterSeconds),
  max_versions: maxVersions,
})

/** Seconds as Go writes a duration: `1h0m5s`. */
function secondsToGo(seconds: number): string {
  const [hours, minutes] = [Math.floor(Math.abs(seconds) / 3600), Math.floor((Math.abs(seconds) % 3600) / 60)]
  const parts = [hours > 0 ? `${hours}h` : '', hours > 0 || minutes > 0 ? `${minutes}m` : '']
  return `${seconds < 0 ? '-' : ''}${parts.join('')}${Math.abs(seconds) % 60}s`
}

type Sent = ValuesOf<typeof rules>

/** @throws SentinelError REQUEST_INVALID where fewer than no versions are to be kept */
function rulesAfter(before: KeepingRules, sent: Sent): KeepingRules {
  const { max_versions: maxVersions, cas_required: casRequired, delete_version_after: seconds } = sent
  if (maxVersions !== undefined && maxVersions < 0)
    throw new SentinelError('REQUEST_INVALID', '`max_versions` cannot be negative')
  return {
    maxVersions: maxVersions ?? before.maxVersions,
    casRequired: casRequired ?? before.casRequired,
    deleteAfterSeconds: seconds ?? before.deleteAfterSeconds,
  }
}

function withSettings(
  secret: Versioned,
  sent: Sent,
  customMetadata: Versioned['customMetadata'],
  nowMs: number,
): Versioned {
  if ((sent.delete_version_after ?? 0) < 0)
    throw new SentinelError('REQUEST_INVALID', '`delete_version_after` cannot be negative')
  return { ...secret, rules: rulesAfter(secret.rules, sent), customMetadata, updatedAtMs: nowMs }
}

/** Null sets back what it stands for: a setting, all that people noted, or one note. */
function patchIn(data: Data) {
  const known = Object.keys(metadataFields).filter((name) => data[name] !== undefined)
  if (known.length === 0) return { fields: undefined }
  const unset = { max_versions: 0, cas_required: false, delete_version_after: 0 } as const
  const sent: Record<string, Json> = Object.create(null)
  for (const [name, plain] of Object.entries(unset))
    sent[name] = data[name] === null ? plain : (data[name] ?? null)
  const notes = data.custom_metadata
  return {
    fields: readFields(rules, sent),
    custom: (before: Versioned['customMetadata']): Versioned['customMetadata'] => {
      if (notes === undefined) return before
      if (notes === null || !isObject(notes)) return customMetadataIn(notes ?? {}) ?? new Map()
      const [gone, set] = [new Set<string>(), Object.create(null) as Record<string, Json>]
      for (const [name, value] of Object.entries<Json>(notes)) {
        if (value === null) gone.add(name)
        else set[name] = value
      }
      const kept = [...before].filter(([name]) => !gone.has(name))
      return (
        customMetadataIn({
          ...Object.fromEntries(kept),
          ...Object.fromEntries(customMetadataIn(set) ?? []),
        }) ?? new Map()
      )
    },
  }
}

/** What is set and has no effect, because the mount says otherwise. */
function warned(config: KeepingRules, sent: Sent): Response {
  const warnings = [
    ...(config.casRequired && sent.cas_required === false
      ? ['"cas_required" set to false, but is mandated by backend config. This value will be ignored.']
      : []),
    ...laterThanTheMount(config, sent.delete_version_after),
  ]
  return warnings.length === 0 ? {} : { warnings }
}

function laterThanTheMount({ deleteAfterSeconds: mount }: KeepingRules, own = 0): readonly string[] {
  if (own === 0 || mount === 0) return []
  if (mount < 0) return ['"delete_version_after" is set, but the mount never deletes versions by itself']
  return own > mount
    ? [`"delete_version_after" is longer than that of the mount, ${secondsToGo(mount)}, which counts`]
    : []
}

/** What can be done with what is known of secrets. */
export const metadataPaths: readonly Path[] = [configPath, metadataPath, detailedPath]
