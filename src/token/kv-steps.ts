// Steps that both tokens and leases take in their storage.

import { batchLimit, happened, type Kv, type Write } from '../store/index.ts'

/**
 * Changes what lies under a key as it is now, however many others do; `next` gives undefined where nothing is to change.
 *
 * @returns what was stored, or undefined where nothing was
 */
export async function changed<T>(
  kv: Pick<Kv, 'get' | 'batch'>,
  key: string,
  form: { toBytes(value: T): Uint8Array; fromBytes(bytes: Uint8Array): T },
  next: (value: T) => T | undefined,
  beside: readonly Write[] = [],
): Promise<T | undefined> {
  for (;;) {
    const found = await kv.get(key)
    const value = found === undefined ? undefined : next(form.fromBytes(found.value))
    if (found === undefined || value === undefined) return undefined
    const expected = { version: found.version }
    const put: Write = { kind: 'put', key, value: form.toBytes(value), expected }
    if (await happened(kv.batch([put, ...beside]))) return value
  }
}

/** Every key with a prefix, in order. */
export async function everyKey(kv: Kv, prefix: string): Promise<readonly string[]> {
  const keys: string[] = []
  for (;;) {
    const after = keys.at(-1)
    const page = await kv.keys({ prefix, limit: pageSize, ...(after !== undefined && { after }) })
    keys.push(...page)
    if (page.length < pageSize) return keys
  }
}

const pageSize = 1000

/** Deletes everything with a prefix. */
export async function emptied(kv: Kv, prefix: string): Promise<void> {
  for (;;) {
    const keys = await kv.keys({ prefix, limit: batchLimit })
    if (keys.length === 0) return
    await kv.batch(keys.map(deletion))
  }
}

export const deletion = (key: string): Write => ({ kind: 'delete', key, expected: 'anything' })
