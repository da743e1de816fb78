import { printable, type SentinelError } from '../../base/index.ts'
import { keysOf } from '../../vault/index.ts'
import type { Session } from './session.ts'

/**
 * A list: one below the other, or as a document of the keys alone. Where there is nothing, the document is an empty object,
 * as whoever reads those of Vault's client expects, and the failure is said all the same.
 *
 * @throws SentinelError as `ask` does
 */
export async function listKeys(session: Session, path: string): Promise<void> {
  const { body } = await session.ask({ method: 'LIST', path }).catch((thrown: unknown) => {
    if ((thrown as SentinelError).code === 'VAULT_NOT_FOUND') session.print({}, '')
    throw thrown
  })
  const keys = keysOf(body)
  session.print(keys, `${['Keys', '----', ...keys.map(printable)].join('\n')}\n`)
}
