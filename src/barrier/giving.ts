// The driver that all attempts share: it keeps the state, checks a share's length, and says what was refused in Vault's words.

import { type Random, SentinelError } from '../base/index.ts'
import { type Attempt, type AttemptEvent, step } from './attempt.ts'

/** What an attempt is about, in messages: `rekey`, `root generation`. */
export type AttemptName = 'unseal' | 'rekey' | 'rekey verification' | 'root generation'

/** Enough shares, and what they were given for. */
export type Enough<Purpose> = { readonly purpose: Purpose; readonly shares: readonly Uint8Array[] }

/** One place where at most one attempt is under way. */
export type Giving<Purpose> = {
  now(): Attempt<Purpose> | undefined
  /** @throws SentinelError REQUEST_INVALID where one is under way already */
  begin(purpose: Purpose, required: number): void
  /** @throws SentinelError REQUEST_INVALID where none is, under that nonce, or the share is none */
  give(given: {
    readonly share: Uint8Array
    readonly nonce: string
    readonly bytes: number
  }): Enough<Purpose> | undefined
  /** Forgets the shares, under a new nonce. @throws SentinelError REQUEST_INVALID where no attempt is under way */
  beginAgain(): void
  end(): void
}

/** Makes a place for attempts of one kind. */
export function giving<Purpose>(random: Random, name: AttemptName): Giving<Purpose> {
  let state: Attempt<Purpose> | undefined
  const take = (event: AttemptEvent<Purpose>): Enough<Purpose> | undefined => {
    const { next, outcome } = step(state, event)
    if (outcome.kind === 'refused') throw refused(name, outcome.why, state?.nonce)
    state = next
    return outcome.kind === 'enough' ? outcome : undefined
  }
  return {
    now: () => state,
    begin: (purpose, required) =>
      void take({ kind: 'begun', attempt: { nonce: uuid(random), purpose, required } }),
    give({ share, nonce, bytes }) {
      if (share.length !== bytes) {
        throw new SentinelError('REQUEST_INVALID', `a key has ${bytes} bytes, not ${share.length}`)
      }
      return take({ kind: 'given', nonce, share })
    },
    beginAgain: () => void take({ kind: 'begun again', nonce: uuid(random) }),
    end: () => void take({ kind: 'ended' }),
  }
}

/** Overwrites shares that were used. */
export function wipe(shares: readonly Uint8Array[]): void {
  for (const share of shares) share.fill(0)
}

function refused(
  name: AttemptName,
  why: 'already begun' | 'not begun' | 'another nonce',
  nonce = '',
): SentinelError {
  const messages = {
    'already begun': `${name} already in progress`,
    'not begun': `no ${name} in progress`,
    'another nonce': `incorrect nonce supplied; nonce for this ${name} operation is "${nonce}"`,
  }
  return new SentinelError('REQUEST_INVALID', messages[why])
}

function uuid(random: Random): string {
  const bytes = random.bytes(16)
  // RFC 9562, 5.4: version 4 of the variant 10.
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Buffer.from(bytes).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
