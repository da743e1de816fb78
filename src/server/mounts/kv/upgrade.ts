// What a mount of KV version 1 held becomes the first versions of version 2. Whoever is killed in between goes on when
// the mount is opened next: whatever lies at a key of version 1 is still to be moved.

import type { Clock } from '../../../base/index.ts'
import { batchLimit, type Entry, type Kv } from '../../../store/index.ts'
import { textOf } from './version-two-rows.ts'
import { addVersion, tryChange } from './version-two-store.ts'
import { plainRules } from './versioned.ts'

/** Moves all of it. Where a secret is there already, what is moved is its newest version: it was written last. */
export async function moveFromVersionOne({ store, clock }: { store: Kv; clock: Clock }): Promise<void> {
  for (;;) {
    const entries = await versionOneEntries(store)
    if (entries.length === 0) return
    // What somebody changed meanwhile is found again.
    for (const { key, value, version } of entries) {
      await tryChange(store, key, (before) => {
        const change = addVersion(key, before, plainRules, clock.now(), textOf(value))
        return { ...change, rows: [...(change.rows ?? []), { kind: 'delete', key, expected: { version } }] }
      })
    }
  }
}

/** Some of those whose keys do not begin with a slash: before it, then behind it. */
async function versionOneEntries(store: Kv): Promise<readonly Entry[]> {
  const before = await store.list({ prefix: '', limit: batchLimit })
  const found = before.filter(({ key }) => !key.startsWith('/'))
  if (found.length > 0) return found
  return store.list({ prefix: '', after: '/\u{10ffff}', limit: batchLimit })
}
