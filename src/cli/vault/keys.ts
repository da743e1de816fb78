import { printable } from '../../base/index.ts'
import { keysOf, type VaultAnswer } from '../../vault/index.ts'
import type { Session } from './session.ts'

/** A list: one below the other, or as a document of the keys alone. */
export function showKeys(session: Session, { body }: VaultAnswer): void {
  const keys = keysOf(body)
  session.print(keys, `${['Keys', '----', ...keys.map(printable)].join('\n')}\n`)
}
