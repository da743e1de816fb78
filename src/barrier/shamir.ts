// Shamir's sharing of a secret, byte by byte: through each byte of the secret goes a random polynomial, and a share is
// its value at one x. With as many shares as the polynomials have coefficients the secret is known, with one fewer every
// secret is as likely as before. A share ends with its x, as Vault's do.

import { type Random, SentinelError } from '../base/index.ts'
import { inverse, multiply } from './galois.ts'

/** How a key is shared: of `shares` people any `threshold` can use it. Both 1 to 255. */
export type Sharing = { readonly shares: number; readonly threshold: number }

/**
 * Shares of a secret, each a byte longer than it. A secret that is not divided (1 of 1) is its own share, as in Vault.
 *
 * @throws SentinelError REQUEST_INVALID for numbers that cannot be
 */
export function split(random: Random, secret: Uint8Array, sharing: Sharing): readonly Uint8Array[] {
  requireSharing(sharing)
  if (sharing.shares === 1) return [Uint8Array.from(secret)]
  const coefficients = random.bytes(secret.length * (sharing.threshold - 1))
  const shares = someOf(random, sharing.shares).map((x) => {
    const share = new Uint8Array(secret.length + 1)
    for (const [at, byte] of secret.entries()) {
      let y = 0
      for (let power = sharing.threshold - 2; power >= 0; power--) {
        y = multiply(y, x) ^ (coefficients[at * (sharing.threshold - 1) + power] ?? 0)
      }
      share[at] = multiply(y, x) ^ byte
    }
    share[secret.length] = x
    return share
  })
  coefficients.fill(0)
  return shares
}

/** The secret of some shares, or another one where they do not belong together or are too few: nothing shows which. */
export function combine(shares: readonly Uint8Array[], { threshold }: Sharing): Uint8Array {
  const [first = new Uint8Array()] = shares
  if (threshold === 1) return Uint8Array.from(first)
  const length = first.length - 1
  const xs = shares.map((share) => share[length] ?? 0)
  const secret = new Uint8Array(length)
  for (const [of, share] of shares.entries()) {
    const weight = weightAtZero(xs, of)
    for (let at = 0; at < length; at++) secret[at] = (secret[at] ?? 0) ^ multiply(share[at] ?? 0, weight)
  }
  return secret
}

/** How long a share of a key is. */
export const shareBytes = ({ shares }: Sharing, secretBytes: number) =>
  shares === 1 ? secretBytes : secretBytes + 1

/** @throws SentinelError REQUEST_INVALID */
export function requireSharing(sharing: Sharing): void {
  const why = sharingFault(sharing)
  if (why !== undefined) throw new SentinelError('REQUEST_INVALID', why)
}

/** Why a key cannot be shared so, in Vault's words; undefined when it can. */
export function sharingFault({ shares, threshold }: Sharing): string | undefined {
  const isCount = (number: number) => Number.isInteger(number) && number >= 1
  const faults: readonly (readonly [boolean, string])[] = [
    [!isCount(shares), 'shares must be at least one'],
    [!isCount(threshold), 'threshold must be at least one'],
    [shares > 255, 'shares must be less than 256'],
    [threshold > shares, 'threshold cannot be larger than shares'],
    [shares > 1 && threshold === 1, 'threshold must be greater than one for multiple shares'],
  ]
  return faults.find(([isFault]) => isFault)?.[1]
}

/** Lagrange: what the y at one x counts for the value at 0. Two shares with one x make it 0, and so the secret wrong. */
function weightAtZero(xs: readonly number[], of: number): number {
  const own = xs[of] ?? 0
  let weight = 1
  for (const [at, x] of xs.entries()) {
    if (at !== of) weight = multiply(weight, multiply(x, inverse(x ^ own)))
  }
  return weight
}

/** Different bytes other than 0, where the secret itself lies. */
function someOf(random: Random, count: number): readonly number[] {
  const chosen = new Set<number>()
  while (chosen.size < count) for (const byte of random.bytes(count)) chosen.add(byte)
  chosen.delete(0)
  return chosen.size < count ? someOf(random, count) : [...chosen].slice(0, count)
}
