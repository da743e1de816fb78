// An authenticator app.

import { codeAt, stepAt } from './totp.ts'

/** What an app makes of the URL that it is shown. */
export function appOf(url: string, now: () => number) {
  const { searchParams: said } = new URL(url)
  const secret = fromBase32(said.get('secret') ?? '')
  const algorithm = said.get('algorithm') as 'SHA1'
  const digits = Number(said.get('digits')) as 6
  return (secondsFromNow = 0) =>
    codeAt(secret, { algorithm, digits }, stepAt(now() + secondsFromNow * 1000, Number(said.get('period'))))
}

function fromBase32(text: string): Uint8Array {
  const values = [...text].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter))
  const bits = values.map((value) => value.toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
