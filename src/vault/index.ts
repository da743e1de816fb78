// A client of servers that speak Vault's API: one call, what was meant by a command line, what the answer says.

export { curlText } from './curl.ts'
export { exactStringify, valueText } from './exact-json.ts'
export type { Sources } from './given.ts'
export { givenToBody } from './given.ts'
export type { KvPlace } from './kv-place.ts'
export { kvPath, kvPlace } from './kv-place.ts'
export type { Fields, Rows } from './rows.ts'
export { fieldsOf, keysOf, rowsOf } from './rows.ts'
export type { VaultAnswer, VaultBody, VaultCall, VaultDeps, VaultMethod, VaultServer } from './server.ts'
export { askVault, wrapHeader } from './server.ts'
export type { VaultTls } from './wire.ts'
