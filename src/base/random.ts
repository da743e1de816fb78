import { isHex } from './characters.ts'

/** Randomness, as an argument. */
export type Random = {
  /** `length` bytes from a cryptographically secure source. Throws rather than return weak ones. */
  bytes(length: number): Uint8Array
}

/** The operating system's secure source. */
export const systemRandom: Random = {
  // Not imported: loading it takes a sixth of a start, and most commands of the language need no randomness.
  bytes: (length) => process.getBuiltinModule('node:crypto').randomBytes(length),
}

/** A request id: 16 lower-case hex characters, 64 bits of randomness (decision 4). */
export function newRequestId(random: Random): string {
  return Buffer.from(random.bytes(8)).toString('hex')
}

/** A UUID of version 4 (RFC 9562). */
export function newUuid(random: Random): string {
  const bytes = Buffer.from(random.bytes(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Whether a text may be a request id: 8 to 16 lower-case hex characters (decision 4). */
export function isRequestId(text: string): boolean {
  return text.length >= 8 && text.length <= 16 && isHex(text, text.length)
}
