// The cubbyhole: each token has a storage of its own, which nobody else can reach and which is gone with it
// (spec/vault.md 7.3).

import { SentinelError } from '../../../base/index.ts'
import type { Tokens } from '../../../token/index.ts'
import { asWritten } from '../as-written.ts'
import type { MountType } from '../path.ts'

/** The mount type `cubbyhole`. */
export const cubbyholeMount = (deps: { readonly tokens: Tokens }): MountType => ({
  type: 'cubbyhole',
  class: 'secret',
  help: 'Keeps secrets for one token, as long as that lives.',
  paths: [
    asWritten({
      summary: 'Keeps one secret of the own token under each path',
      storeOf(_context, { holder }) {
        // A batch token is kept nowhere, so nothing could be deleted with it.
        if (holder?.type !== 'service') {
          const message = 'cubbyhole operations are only supported by "service" type tokens'
          throw new SentinelError('REQUEST_INVALID', message)
        }
        return deps.tokens.cubbyhole(holder.key)
      },
      leaseOf: () => undefined,
    }),
  ],
})
