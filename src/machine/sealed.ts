// Two kinds of cached file, alike to use: sealed ones are text that anybody may read and nobody else can write;
// encrypted ones hold credentials. Both are bound to their folder and name, so that they cannot be swapped.
// A file of other keys or another format counts as absent, with a warning; one that claims our keys and fails, or says
// that it is another's and is ours all the same, is an attack or a damaged disk, and an error.

import { createCipheriv, createDecipheriv, createHmac, hash, timingSafeEqual } from 'node:crypto'
import { SentinelError } from '../base/index.ts'
import { readBytesIfPresent, removeFile, writeAtomic } from './files.ts'
import type { Keys } from './keys.ts'
import type { Machine } from './machine.ts'

/** Texts under names, kept in files. */
export type NamedTexts = {
  /**
   * @returns the text, or undefined where there is none, or none under these keys
   * @throws SentinelError CACHE_TAMPERED when the file is not as it was written; FILE_UNREADABLE
   */
  read(name: string): string | undefined
  /** @throws SentinelError FILE_UNWRITABLE */
  write(name: string, body: string): void
  /** Removes the text, if it is there. */
  remove(name: string): void
}

type Deps = Pick<Machine, 'platform' | 'random' | 'wait' | 'warn'> & { readonly keys: Keys }

type Form = {
  /** Begins the first line, before the id of the keys. */
  readonly mark: string
  readonly ending: string
  close(deps: Deps, context: string, body: string): Buffer
  /** The body, or undefined when the check fails. */
  open(deps: Deps, context: string, closed: Buffer): string | undefined
}

/** Texts that anybody may read and only Sentinel can write: an HMAC stands in the first line. */
export function sealedFiles(deps: Deps, folder: string): NamedTexts {
  return namedTexts(deps, folder, sealed)
}

/** Texts that only Sentinel can read or write: AES-256-GCM. */
export function encryptedFiles(deps: Deps, folder: string): NamedTexts {
  return namedTexts(deps, folder, encrypted)
}

function namedTexts(deps: Deps, folder: string, form: Form): NamedTexts {
  const { basename, join } = deps.platform.path
  const head = Buffer.from(`${form.mark} ${deps.keys.id}\n`)
  const pathOf = (name: string) => join(folder, hash('sha256', name, 'hex').slice(0, 32) + form.ending)
  const contextOf = (name: string) => `${JSON.stringify([form.mark, basename(folder), name])}\n`
  return {
    read(name) {
      const path = pathOf(name)
      const bytes = readBytesIfPresent(path)
      if (bytes === undefined) return undefined
      const isOurs = bytes.subarray(0, head.length).equals(head)
      const body = form.open(deps, contextOf(name), bytes.subarray(head.length))
      if (isOurs && body !== undefined) return body
      if (isOurs || body !== undefined || !isForeign(bytes)) throw tampered(path)
      deps.warn(`\`${path}\` is of other keys or another version, or damaged: it counts as absent`)
      return undefined
    },
    write: (name, body) =>
      writeAtomic(deps, pathOf(name), Buffer.concat([head, form.close(deps, contextOf(name), body)])),
    remove: (name) => removeFile(pathOf(name)),
  }
}

/** Whether a file whose first line is not ours was written under other keys, or by a version with another format. */
function isForeign(bytes: Buffer): boolean {
  return /^sentinel-(sealed|encrypted) \d+ [0-9a-f]{16}\n/.test(bytes.toString('latin1', 0, 64))
}

function tampered(path: string): SentinelError {
  return new SentinelError('CACHE_TAMPERED', `\`${path}\` is not as sentinel wrote it`, {
    hint: `find out who changed it, then remove it: rm '${path}'`,
  })
}

const sealed: Form = {
  mark: 'sentinel-sealed 1',
  ending: '.sealed',
  close: (deps, context, body) => Buffer.from(`${mac(deps, context, body).toString('hex')}\n${body}`),
  open(deps, context, closed) {
    const claimed = Buffer.from(closed.toString('latin1', 0, 64), 'hex')
    const body = closed.subarray(65)
    if (claimed.length !== 32 || closed[64] !== 0x0a) return undefined
    return timingSafeEqual(claimed, mac(deps, context, body)) ? body.toString('utf8') : undefined
  },
}

function mac(deps: Deps, context: string, body: string | Uint8Array): Buffer {
  return createHmac('sha256', deps.keys.seal).update(context).update(body).digest()
}

const [nonceBytes, tagBytes] = [12, 16]

const encrypted: Form = { mark: 'sentinel-encrypted 1', ending: '.enc', close: closeText, open: openText }

/** Encrypts a text with the cache's key: AES-256-GCM, bound to a context that must be the same for `openText`. */
export function closeText(deps: Pick<Deps, 'random' | 'keys'>, context: string, text: string): Buffer {
  const nonce = deps.random.bytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', deps.keys.cache, nonce)
  cipher.setAAD(Buffer.from(context))
  const closed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), closed])
}

/** The text that `closeText` encrypted, or undefined when it is not as it was, or meant for another context. */
export function openText({ keys }: Pick<Deps, 'keys'>, context: string, closed: Buffer): string | undefined {
  if (closed.length < nonceBytes + tagBytes) return undefined
  const nonce = closed.subarray(0, nonceBytes)
  const decipher = createDecipheriv('aes-256-gcm', keys.cache, nonce, { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(closed.subarray(nonceBytes, nonceBytes + tagBytes))
  try {
    const text = decipher.update(closed.subarray(nonceBytes + tagBytes))
    // In GCM the end adds nothing, and throws where the tag is another one.
    decipher.final()
    return text.toString('utf8')
  } catch {
    return undefined
  }
}
