// A group as it lies in the storage: JSON, its Map as pairs. One row holds all of it. Who belongs to it through a mount
// lies with the entities, and a group of which it is a member has the row that says so: one change is one row.

import type { Group } from './group.ts'

type StoredGroup = Omit<Group, 'metadata'> & { readonly metadata: readonly (readonly [string, string])[] }

export function groupToBytes(group: Group): Uint8Array {
  const stored: StoredGroup = { ...group, metadata: [...group.metadata] }
  return Buffer.from(JSON.stringify(stored))
}

export function bytesToGroup(bytes: Uint8Array): Group {
  const stored = JSON.parse(Buffer.from(bytes).toString()) as StoredGroup
  // JSON has no undefined.
  return { ...stored, metadata: new Map(stored.metadata), alias: stored.alias }
}
