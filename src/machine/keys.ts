// Three independent keys in one file that only its owner may read, or in the keyring of the operating system, and then
// the file says so (keys-elsewhere.ts). Where the file is missing it is made; where it
// is damaged or open to others that is an error and never mended silently: with other keys every sealed file would
// count as absent, and the log would look as if somebody else had written it.

import { createSecretKey, type KeyObject } from 'node:crypto'
import { closeSync, fstatSync, openSync } from 'node:fs'
import { SentinelError } from '../base/index.ts'
import { errorCode, fileError, readAll, writeAtomic } from './files.ts'
import { keptElsewhere, readableByOthers } from './keys-elsewhere.ts'
import { contentToText, textToContent } from './keys-text.ts'
import { withLock } from './lock.ts'
import type { Machine } from './machine.ts'

/** The keys of one person on one machine, 32 bytes each. */
export type Keys = {
  /** Names this set of keys; no secret. 16 lower-case hex characters. */
  readonly id: string
  /** Proves that a cached text was written by Sentinel. */
  readonly seal: KeyObject
  /** Encrypts cached credentials. */
  readonly cache: KeyObject
  /** Chains the decision log. */
  readonly log: KeyObject
}

/**
 * The keys, made on first use.
 *
 * @throws SentinelError KEYS_UNREADABLE when others may read the file, or it is not as it was written;
 *   FILE_UNWRITABLE when there is none and none can be made
 */
export function openKeys(deps: Machine, path: string): Keys {
  const make = () => readKeys(deps, path) ?? makeKeys(deps, path)
  try {
    return readKeys(deps, path) ?? withLock(deps, `${path}.lock`, make)
  } catch (thrown) {
    const { code, message, hint } = thrown as SentinelError
    if (code !== 'FILE_UNWRITABLE') throw thrown
    throw new SentinelError(code, message, { hint: `${hint}, or set XDG_STATE_HOME`, cause: thrown })
  }
}

/** The keys, or undefined where there are none yet. Throws like openKeys otherwise. */
export function readKeys(deps: Pick<Machine, 'platform'>, path: string): Keys | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return undefined
    throw fileError('KEYS_UNREADABLE', 'read the keys in', path, thrown)
  }
  try {
    const { mode } = fstatSync(file)
    if (deps.platform.fileModes && (mode & 0o077) !== 0) throw readableByOthers(path, mode)
    return parseKeys(path, readAll(path, file).toString('latin1'))
  } catch (thrown) {
    throw fileError('KEYS_UNREADABLE', 'read the keys in', path, thrown)
  } finally {
    closeSync(file)
  }
}

function parseKeys(path: string, text: string): Keys {
  const { id, seal, cache, log } = textToContent(text) ?? keptElsewhere(path, text)
  return { id, seal: createSecretKey(seal), cache: createSecretKey(cache), log: createSecretKey(log) }
}

function makeKeys(deps: Machine, path: string): Keys {
  const random = (length: number) => Buffer.from(deps.random.bytes(length))
  const content = { id: random(8).toString('hex'), seal: random(32), cache: random(32), log: random(32) }
  const text = contentToText(content)
  writeAtomic(deps, path, text)
  return parseKeys(path, text)
}
