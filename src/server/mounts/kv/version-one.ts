// KV version 1: what was written lies there as it was written, until it is written again. spec/vault.md 7.1.

import { systemLimits } from '../../../token/index.ts'
import { isObject, textToJson } from '../../http/json.ts'
import { asWritten } from '../as-written.ts'
import { textToSeconds } from '../fields.ts'
import type { MountType } from '../path.ts'

/** The mount type `kv` where its options name no other version, also mounted as `generic`. */
export const kvVersionOne: MountType = {
  type: 'kv',
  class: 'secret',
  help: 'Keeps secrets under paths, each as it was written last.',
  paths: [
    asWritten({
      summary: 'Keeps one secret under each path',
      storeOf: ({ store }) => store,
      leaseOf: ({ mount }, text) => ({
        id: '',
        renewable: false,
        seconds: ownSeconds(text) ?? (mount.defaultLeaseSeconds || systemLimits.defaultSeconds),
      }),
    }),
  ],
}

/** Whoever writes may say under `ttl`, or `lease` as it was called once, when readers should look again. */
function ownSeconds(text: string): number | undefined {
  // Almost no secret has either, and reading costs.
  if (!/"(?:ttl|lease)"/.test(text)) return undefined
  const secret = textToJson(text)
  if (!isObject(secret)) return undefined
  const said = secret.ttl ?? secret.lease
  return typeof said === 'string' || typeof said === 'number' ? textToSeconds(String(said)) : undefined
}
