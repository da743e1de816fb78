// The server: Vault's API over a sealed store (docs/decisions and the mission's second document).

export { openMountTable } from './core/mount-table.ts'
export { openPolicies } from './core/policies.ts'
export { walk } from './core/road.ts'
export { listen } from './http/listener.ts'
export { kvVersionOne } from './mounts/kv/version-one.ts'
