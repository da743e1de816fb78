// KV version 1: what was written lies there as it was written, until it is written again. spec/vault.md 7.1.

import { systemLimits } from '../../../token/index.ts'
import { asWritten } from '../as-written.ts'
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
      leaseOf: ({ mount }) => ({
        id: '',
        renewable: false,
        seconds: mount.defaultLeaseSeconds || systemLimits.defaultSeconds,
      }),
    }),
  ],
}
