// How a secret of KV version 2 lies in the storage of its mount. Its first row holds all that is known of it and what
// its current version says, so that reading it is one read; each older version has a row of its own.
//
// INVARIANT: every key begins with a slash. No key of version 1 does, so the rows of a mount that is being upgraded are
// told apart (upgrade.ts).

import { remembered, toNanoTimestamp } from '../../../base/index.ts'
import type { Entry } from '../../../store/index.ts'
import { RawJson } from '../../door.ts'
import type { KeepingRules, Versioned, VersionInfo } from './versioned.ts'

/** What a secret is, and what its current version says: JSON, empty where nothing is left of it. */
export type Head = { readonly secret: Versioned; readonly text: string }

/** The rows of the secrets. */
export const headPrefix = '/secrets/'
export const headKey = (path: string) => `${headPrefix}${path}`
/** The number stands behind the last slash, so no two secrets share a row. */
export const versionKey = (path: string, version: number) => `/versions/${path}/${version}`
export const configKey = '/config'

/** What a reader of the current version is told. */
export type CurrentRead = {
  /** When it ends to be given out: 0 where it is not, undefined where it will not end. */
  readonly untilMs: number | undefined
  /** What it says, and what is told beside it. */
  readonly data: RawJson
}

// Four lines, because JSON of ours never has a line break: `untilMs`, what the current version says, its metadata as
// readers see it, and all that is known.

/** A secret as its first row. */
export function headToBytes({ secret, text }: Head): Uint8Array {
  const info = secret.versions.get(secret.current)
  const untilMs = info === undefined || info.destroyed ? 0 : (info.deletedAtMs ?? '')
  const metadata = info === undefined ? 'null' : versionText(secret, secret.current, info)
  return Buffer.from(`${untilMs}\n${text}\n${metadata}\n${JSON.stringify(toStored(secret))}`)
}

/** What was read lately, as long as its bytes are remembered; 16 Mi characters in all. */
const lately = remembered<Uint8Array, CurrentRead>(2 ** 24, ({ data }) => data.text.length)

/** The part of the first row that a read needs; nothing of it is parsed. */
export function currentOf({ value }: Entry): CurrentRead {
  return lately(value, () => {
    const [until = '', text = '', metadata = ''] = linesOf(value)
    return { untilMs: until === '' ? undefined : Number(until), data: saying(text, metadata) }
  })
}

/** What a reader is told of a version, of JSON and JSON. */
export const saying = (text: string, metadata: string) =>
  new RawJson(`{"data":${text},"metadata":${metadata}}`)

/** All of a first row. */
export function headOf({ value }: Entry): Head {
  const [, text = '', , stored = ''] = linesOf(value)
  return { secret: fromStored(JSON.parse(stored) as Stored), text }
}

const linesOf = (value: Uint8Array): readonly string[] => textOf(value).split('\n', 4)

/** Bytes as text, without a copy of the bytes. */
export const textOf = (value: Uint8Array): string =>
  Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()

/** What is told of one version beside what it says. */
export function versionText(secret: Versioned, version: number, info: VersionInfo): string {
  return JSON.stringify({ ...timesOf(info), custom_metadata: customOf(secret), version })
}

/** The times of a version in the words of a read. */
export function timesOf({ createdAtMs, deletedAtMs, destroyed }: VersionInfo) {
  return {
    created_time: toNanoTimestamp(createdAtMs),
    deletion_time: deletedAtMs === undefined ? '' : toNanoTimestamp(deletedAtMs),
    destroyed,
  }
}

/** What people wrote about a secret, null where they wrote nothing. */
export const customOf = ({ customMetadata }: Versioned): { readonly [name: string]: string } | null =>
  customMetadata.size === 0 ? null : Object.assign(Object.create(null), Object.fromEntries(customMetadata))

type Stored = Omit<Versioned, 'versions' | 'customMetadata' | 'rules'> & {
  readonly rules: KeepingRules
  readonly versions: readonly (readonly [number, VersionInfo])[]
  readonly customMetadata: readonly (readonly [string, string])[]
}

const toStored = (secret: Versioned): Stored => ({
  ...secret,
  versions: [...secret.versions],
  customMetadata: [...secret.customMetadata],
})

const fromStored = (stored: Stored): Versioned => ({
  ...stored,
  versions: new Map(stored.versions),
  customMetadata: new Map(stored.customMetadata),
})
