import type { VaultBody } from '../../../vault/index.ts'
import { rowsText } from '../../vault/session.ts'
import { vaultCommand } from '../../vault/vault-command.ts'

export const status = vaultCommand({
  name: 'status',
  summary: 'Show whether the server is sealed',
  examples: ['sentinel vault status', 'sentinel vault status -format=json'],
  flags: {},
  exits: 'vaultStatus',
  // 2 says that it is sealed, so whoever cannot find out is told something else.
  failsWith: 1,
  async act(session) {
    const { body = {} } = await session.ask({ method: 'GET', path: 'sys/seal-status' })
    session.print(body, rowsText(sealRows(body)))
    return body.sealed === true ? 2 : 0
  },
})

/** The state of the seal in the words of Vault's client. */
export function sealRows(body: VaultBody): readonly (readonly [string, unknown])[] {
  const rows: readonly (readonly [string, unknown])[] = [
    ['Seal Type', body.type],
    ['Initialized', body.initialized],
    ['Sealed', body.sealed],
    ['Total Shares', body.n],
    ['Threshold', body.t],
    ...(body.sealed === true
      ? ([
          ['Unseal Progress', `${body.progress}/${body.t}`],
          ['Unseal Nonce', body.nonce === '' ? 'n/a' : body.nonce],
        ] as const)
      : []),
    ['Version', body.version],
    ['Storage Type', body.storage_type],
    ['Cluster Name', body.cluster_name],
    ['Cluster ID', body.cluster_id],
  ]
  return rows.filter(([, value]) => value !== undefined && value !== '')
}
