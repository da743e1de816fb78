// Changes of the secrets of KV version 2, each one batch: whoever is killed has changed all of it or nothing. Rows that
// are more than a batch holds go in several, the first row always with them, so that it never names what is gone.

import { batchLimit, happened, type Kv, type Write } from '../../../store/index.ts'
import { configKey, type Head, headKey, headOf, headToBytes, textOf, versionKey } from './version-two-rows.ts'
import {
  type KeepingRules,
  newSecret,
  plainRules,
  type Versioned,
  withDestroyed,
  withVersion,
} from './versioned.ts'

/** Rows of old versions that one batch takes, beside the first row, one that moves, and one of version 1. */
const rowsAtOnce = batchLimit - 3

/** All of a secret, or undefined where there is none. */
export async function readHead(store: Kv, path: string): Promise<Head | undefined> {
  const entry = await store.get(headKey(path))
  return entry === undefined ? undefined : headOf(entry)
}

/** What an older version says; undefined where that is gone. */
export async function readVersion(store: Kv, path: string, version: number): Promise<string | undefined> {
  const entry = await store.get(versionKey(path, version))
  return entry === undefined ? undefined : textOf(entry.value)
}

/** What a secret becomes. `rows` go with it. */
export type Change = { readonly head: Head; readonly rows?: readonly Write[] }

/**
 * Changes a secret as it is now, however many others do; `next` gives undefined where nothing is to change.
 *
 * @returns what it is now, or undefined where nothing was changed
 */
export async function changeSecret(
  store: Kv,
  path: string,
  next: (before: Head | undefined) => Change | undefined,
): Promise<Versioned | undefined> {
  for (;;) {
    const tried = await tryChange(store, path, next)
    if (tried !== 'meanwhile') return tried
  }
}

/** The same once: `meanwhile` where somebody else changed something first. */
export async function tryChange(
  store: Kv,
  path: string,
  next: (before: Head | undefined) => Change | undefined,
): Promise<Versioned | undefined | 'meanwhile'> {
  const entry = await store.get(headKey(path))
  const change = next(entry === undefined ? undefined : headOf(entry))
  if (change === undefined) return undefined
  const put: Write = {
    kind: 'put',
    key: headKey(path),
    value: headToBytes(change.head),
    expected: entry === undefined ? 'absent' : { version: entry.version },
  }
  const isDone = await happened(store.batch([put, ...(change.rows ?? [])]))
  return isDone ? change.head.secret : 'meanwhile'
}

/** A new version. What the last one said moves to a row of its own, unless that has lost its place already. */
export function addVersion(
  path: string,
  before: Head | undefined,
  mount: KeepingRules,
  nowMs: number,
  text: string,
): Change {
  const old = before?.secret ?? newSecret(nowMs)
  const grown = withVersion(old, mount, nowMs)
  const moved: readonly Write[] =
    before === undefined || before.text === '' || !grown.versions.has(old.current)
      ? []
      : [put(versionKey(path, old.current), before.text)]
  const { secret, rows } = sweptOnce(path, grown)
  return { head: { secret, text }, rows: [...moved, ...rows] }
}

/** What versions without a place said is taken away, as far as one batch goes. */
function sweptOnce(path: string, secret: Versioned): { secret: Versioned; rows: readonly Write[] } {
  const sweptTo = Math.min(Math.max(secret.oldest, 1), secret.sweptTo + rowsAtOnce)
  return { secret: { ...secret, sweptTo }, rows: deletions(path, secret.sweptTo, sweptTo) }
}

/** Goes on with that until nothing is left. */
export async function sweep(store: Kv, path: string, written: Versioned): Promise<void> {
  let secret: Versioned | undefined = written
  while (secret !== undefined && secret.sweptTo < secret.oldest) {
    secret = await changeSecret(store, path, (before) => {
      if (before === undefined || before.secret.sweptTo >= before.secret.oldest) return undefined
      const swept = sweptOnce(path, before.secret)
      return { head: { ...before, secret: swept.secret }, rows: swept.rows }
    })
  }
}

/** What these versions said is gone for good. */
export async function destroy(store: Kv, path: string, numbers: readonly number[]): Promise<void> {
  for (let from = 0; from < numbers.length; from += rowsAtOnce) {
    const some = [...new Set(numbers.slice(from, from + rowsAtOnce))]
    await changeSecret(store, path, (before) => {
      if (before === undefined) return undefined
      const secret = withDestroyed(before.secret, some)
      const text = some.includes(secret.current) ? '' : before.text
      const rows = some.filter((number) => secret.versions.has(number) && number !== secret.current)
      return { head: { secret, text }, rows: rows.map((number) => deletion(versionKey(path, number))) }
    })
  }
}

/** Takes a secret away, with all of its versions. */
export async function remove(store: Kv, path: string): Promise<void> {
  for (;;) {
    const entry = await store.get(headKey(path))
    if (entry === undefined) return
    const { secret, text } = headOf(entry)
    const end = Math.min(secret.current, secret.sweptTo + rowsAtOnce)
    const rows = deletions(path, secret.sweptTo, end)
    const expected = { version: entry.version }
    if (end === secret.current) {
      if (await happened(store.batch([{ kind: 'delete', key: entry.key, expected }, ...rows]))) return
    } else {
      const gone = Array.from({ length: end - secret.sweptTo }, (_, index) => secret.sweptTo + index)
      const left = { ...withDestroyed(secret, gone), sweptTo: end }
      const value = headToBytes({ secret: left, text })
      await happened(store.batch([{ kind: 'put', key: entry.key, value, expected }, ...rows]))
    }
  }
}

/** From the one number up to below the other. */
const deletions = (path: string, from: number, to: number): readonly Write[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => deletion(versionKey(path, from + index)))

const deletion = (key: string): Write => ({ kind: 'delete', key, expected: 'anything' })
const put = (key: string, text: string): Write => ({
  kind: 'put',
  key,
  value: Buffer.from(text),
  expected: 'anything',
})

/** What the mount says about all its secrets. */
export async function readConfig(store: Kv): Promise<KeepingRules> {
  const entry = await store.get(configKey)
  return entry === undefined ? plainRules : (JSON.parse(textOf(entry.value)) as KeepingRules)
}

/** Sets what the mount says. */
export async function writeConfig(store: Kv, config: KeepingRules): Promise<void> {
  await store.batch([put(configKey, JSON.stringify(config))])
}
