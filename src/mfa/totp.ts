// Time-based one-time passwords: RFC 6238 over RFC 4226, the text form of their secrets (RFC 4648 6) and the URL that
// authenticator apps read.

import { createHmac } from 'node:crypto'
import { isSameText } from '../base/index.ts'

/** Hashes that codes may be made with. */
export const totpAlgorithms = ['SHA1', 'SHA256', 'SHA512'] as const

export type TotpAlgorithm = (typeof totpAlgorithms)[number]

/** How codes are made, and for how long they hold. */
export type TotpSettings = {
  readonly algorithm: TotpAlgorithm
  readonly digits: 6 | 8
  /** Seconds, 1 or more, for which a code stands. */
  readonly periodSeconds: number
  /** How many periods before and after the present one count too. */
  readonly skew: 0 | 1
}

/** Which period a moment belongs to. */
export const stepAt = (nowMs: number, periodSeconds: number): number =>
  Math.floor(nowMs / 1000 / periodSeconds)

/** The code of one period. */
export function codeAt(
  secret: Uint8Array,
  { algorithm, digits }: Pick<TotpSettings, 'algorithm' | 'digits'>,
  step: number,
): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const hash = createHmac(algorithm.toLowerCase(), secret).update(counter).digest()
  // RFC 4226 5.3: the last four bits say where the 31 bits begin that count.
  const at = (hash.at(-1) ?? 0) & 0x0f
  const number = hash.readUInt32BE(at) & 0x7fffffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

/**
 * The period that a code is of, among those that count now and come behind `after`; undefined where it is of none. Every
 * period is compared, so that the time it takes says nothing.
 */
export function stepOf(
  code: string,
  secret: Uint8Array,
  settings: TotpSettings,
  { nowMs, after }: { readonly nowMs: number; readonly after: number },
): number | undefined {
  const present = stepAt(nowMs, settings.periodSeconds)
  let found: number | undefined
  for (let step = Math.max(0, present - settings.skew); step <= present + settings.skew; step++) {
    if (isSameText(codeAt(secret, settings, step), code) && step > after) found ??= step
  }
  return found
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Bytes in base 32, without padding, as apps take it. */
export function toBase32(bytes: Uint8Array): string {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(held >>> (bits - 5)) & 31]
    held &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + alphabet[(held << (5 - bits)) & 31]
}

/** What a secret is shown as in an app. */
export type TotpLabel = { readonly issuer: string; readonly account: string }

/** The URL that an app makes codes of: it holds the secret. */
export function totpUrl(secret: Uint8Array, settings: TotpSettings, { issuer, account }: TotpLabel): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  const parameters = [
    ['algorithm', settings.algorithm],
    ['digits', String(settings.digits)],
    ['issuer', issuer],
    ['period', String(settings.periodSeconds)],
    ['secret', toBase32(secret)],
  ] as const
  const query = parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
  return `otpauth://totp/${label}?${query}`
}
