// Looks for a secret in files in every form that a program might have written it in by accident.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A form of a secret, as bytes to look for. */
type Form = { readonly name: string; readonly bytes: Buffer }

/** Raw, hex, base64 wherever it began, and for texts UTF-16. */
export function formsOf(secret: Uint8Array): readonly Form[] {
  const raw = Buffer.from(secret)
  const hex = raw.toString('hex')
  const little = Buffer.from(raw.toString('latin1'), 'utf16le')
  const inBase64 = [0, 1, 2].flatMap((offset) =>
    (['base64', 'base64url'] as const).map((name) => ({ name, bytes: middleOf(raw, offset, name) })),
  )
  return [
    { name: 'raw', bytes: raw },
    { name: 'hex', bytes: Buffer.from(hex) },
    { name: 'HEX', bytes: Buffer.from(hex.toUpperCase()) },
    { name: 'UTF-16 little-endian', bytes: little },
    { name: 'UTF-16 big-endian', bytes: Buffer.from(little).swap16() },
    ...inBase64,
  ]
}

/** The characters of base64 that no neighbour changes, where the secret begins so many bytes behind a multiple of three. */
function middleOf(secret: Buffer, offset: number, encoding: 'base64' | 'base64url'): Buffer {
  const text = Buffer.concat([Buffer.alloc(offset), secret]).toString(encoding)
  const [from, to] = [Math.ceil((offset * 8) / 6), Math.floor(((offset + secret.length) * 8) / 6)]
  return Buffer.from(text.slice(from, to))
}

/** Every file below a folder that has a secret, with the form. @returns how many bytes were looked at, too */
export function search(
  folder: string,
  secrets: readonly Uint8Array[],
): { readonly found: readonly string[]; readonly bytes: number } {
  const forms = secrets.flatMap(formsOf)
  const found: string[] = []
  let bytes = 0
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const content = readFileSync(join(entry.parentPath, entry.name))
    bytes += content.length
    for (const form of forms) {
      if (content.includes(form.bytes)) found.push(`${join(entry.parentPath, entry.name)}: ${form.name}`)
    }
  }
  return { found, bytes }
}
