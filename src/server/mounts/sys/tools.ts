// Random bytes and hashes for whoever has no better source (spec/vault.md 8.6).

import { createHash } from 'node:crypto'
import { SentinelError } from '../../../base/index.ts'
import { type Context, type Path, path } from '../path.ts'

const format = { type: 'string', help: 'hex or base64' } as const
const maxBytes = 131_072

const hashes = new Map([
  ['sha2-224', 'sha224'],
  ['sha2-256', 'sha256'],
  ['sha2-384', 'sha384'],
  ['sha2-512', 'sha512'],
  ['sha3-224', 'sha3-224'],
  ['sha3-256', 'sha3-256'],
  ['sha3-384', 'sha3-384'],
  ['sha3-512', 'sha3-512'],
])

/** `sys/tools/random` and `sys/tools/hash`. */
export const toolPaths = (): readonly Path[] => [
  ...['tools/random', 'tools/random/:bytes'].map((pattern) =>
    path({
      pattern,
      summary: 'Gives random bytes',
      fields: { bytes: { type: 'int', help: 'how many; 32 where it is missing' }, format },
      operations: {
        write({ random }: Context, { params, fields }) {
          const count = params.bytes === undefined ? (fields.bytes ?? 32) : Number(params.bytes)
          if (!Number.isSafeInteger(count) || count < 1 || count > maxBytes)
            throw invalid(`"bytes" must be a whole number from 1 to ${maxBytes}`)
          const bytes = Buffer.from(random.bytes(count))
          return { data: { random_bytes: bytes.toString(formatIn(fields.format, 'base64')) } }
        },
      },
    }),
  ),
  ...['tools/hash', 'tools/hash/:algorithm'].map((pattern) =>
    path({
      pattern,
      summary: 'Gives the hash of what it is sent',
      fields: {
        input: { type: 'string', help: 'what to hash, in base64' },
        algorithm: { type: 'string', help: 'sha2-256 where it is missing; also sha2- and sha3-224 to -512' },
        format,
      },
      operations: {
        write(_context: Context, { params, fields }) {
          const asked = params.algorithm ?? fields.algorithm ?? 'sha2-256'
          const name = hashes.get(asked)
          if (name === undefined) throw invalid(`unsupported algorithm "${asked}"`)
          const sum = createHash(name).update(bytesIn(fields.input ?? ''))
          return { data: { sum: sum.digest(formatIn(fields.format, 'hex')) } }
        },
      },
    }),
  ),
]

function formatIn(asked: string | undefined, usual: 'hex' | 'base64'): 'hex' | 'base64' {
  if (asked === undefined || asked === '') return usual
  if (asked === 'hex' || asked === 'base64') return asked
  throw invalid(`unsupported encoding format "${asked}"; must be "hex" or "base64"`)
}

function bytesIn(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')) return bytes
  throw invalid('unable to decode input as base64')
}

const invalid = (message: string) => new SentinelError('REQUEST_INVALID', message)
