import { printable, SentinelError } from '../../base/index.ts'
import { keysOf, type VaultAnswer } from '../../vault/index.ts'
import type { Session } from './session.ts'

/** Asks for a list. A program that finds none is told so in JSON too. @throws SentinelError VAULT_NOT_FOUND */
export async function askKeys(session: Session, path: string): Promise<VaultAnswer> {
  try {
    return await session.ask({ method: 'LIST', path })
  } catch (thrown) {
    const isNothing = thrown instanceof SentinelError && thrown.code === 'VAULT_NOT_FOUND'
    if (isNothing && session.format !== 'table') session.print({}, '')
    throw thrown
  }
}

/** A list: one below the other, or as a document of the keys alone. */
export function showKeys(session: Session, { body }: VaultAnswer): void {
  const keys = keysOf(body)
  session.print(keys, `${['Keys', '----', ...keys.map(printable)].join('\n')}\n`)
}
