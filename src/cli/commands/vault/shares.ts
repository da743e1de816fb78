// Shares of a key at the command line: how many are made, how one is given, how they are printed.

import { SentinelError } from '../../../base/index.ts'
import type { VaultBody } from '../../../vault/index.ts'
import type { Flags, Values } from '../../command.ts'
import type { Session } from '../../vault/session.ts'

/** How many shares of a key. */
export const shareFlags = {
  keyShares: {
    type: 'string',
    default: '5',
    short: 'n',
    placeholder: 'number',
    help: 'how many shares to make',
  },
  keyThreshold: {
    type: 'string',
    default: '3',
    short: 't',
    placeholder: 'number',
    help: 'how many of them unseal',
  },
  pgpKeys: { type: 'list', hidden: true, help: 'refused' },
} as const satisfies Flags

/** What is printed is printed for whoever reads it: nothing here encrypts with PGP. @throws SentinelError USAGE */
export function refusePgp(flag: string): never {
  throw new SentinelError('USAGE', `\`${flag}\` is not supported: sentinel does not encrypt with PGP`, {
    hint: 'print with -format=json, and have each part encrypted by gpg before it is handed on',
  })
}

/** @throws SentinelError USAGE */
export function sharing({
  keyShares,
  keyThreshold,
  pgpKeys,
}: Values<typeof shareFlags, Record<never, never>>) {
  if (pgpKeys.length > 0) refusePgp('-pgp-keys')
  const [shares, threshold] = [Number(keyShares), Number(keyThreshold)]
  if (!Number.isInteger(shares) || !Number.isInteger(threshold))
    throw new SentinelError('USAGE', '`-key-shares` and `-key-threshold` are numbers')
  return { secret_shares: shares, secret_threshold: threshold }
}

export const keyOf = { help: 'one share of the key, - for stdin; typed where it is missing' } as const

/** A share, from wherever it is given. */
export const share = (session: Session, given: string | undefined) =>
  session.secret(given, 'Share of the key (not shown):', 'give it on stdin: write - in its place')

export const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

export const keyLines = (body: VaultBody, noun: string) =>
  texts(body.keys_base64)
    .map((key, index) => `${noun} ${index + 1}: ${key}\n`)
    .join('')
