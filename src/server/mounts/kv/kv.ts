import type { Mount, MountType } from '../path.ts'
import { kvVersionOne } from './version-one.ts'
import { kvVersionTwo } from './version-two.ts'

/** KV is two types under one name, told apart by an option; undefined for any other version. */
export function kvOf(options: Mount['options']): MountType | undefined {
  const version = options.get('version') ?? '1'
  if (version === '1') return kvVersionOne
  return version === '2' ? kvVersionTwo : undefined
}
