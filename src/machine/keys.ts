// Three independent keys in one file that only its owner may read. Where the file is missing it is made; where it
// is damaged or open to others that is an error and never mended silently: with other keys every sealed file would
// count as absent, and the log would look as if somebody else had written it.

import { createSecretKey, type KeyObject } from 'node:crypto'
import { closeSync, fstatSync, openSync } from 'node:fs'
import { SentinelError } from '../base/index.ts'
import { errorCode, fileError, readAll, writeAtomic } from './files.ts'
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
  return (
    readKeys(deps, path) ?? withLock(deps, `${path}.lock`, () => readKeys(deps, path) ?? makeKeys(deps, path))
  )
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

function readableByOthers(path: string, mode: number): SentinelError {
  const shown = (mode & 0o777).toString(8).padStart(4, '0')
  return new SentinelError('KEYS_UNREADABLE', `the keys in \`${path}\` are open to others (mode ${shown})`, {
    hint: `run: chmod 600 '${path}'; if somebody else may have read it, remove it instead`,
  })
}

const shape =
  /^\{"format":1,"id":"([0-9a-f]{16})","seal":"([0-9a-f]{64})","cache":"([0-9a-f]{64})","log":"([0-9a-f]{64})"\}\n$/

function parseKeys(path: string, text: string): Keys {
  const [, id, seal, cache, log] = shape.exec(text) ?? []
  if (id === undefined || seal === undefined || cache === undefined || log === undefined) {
    throw new SentinelError('KEYS_UNREADABLE', `\`${path}\` does not hold the keys that sentinel wrote`, {
      hint: 'restore it from a backup; or move it away: credentials are fetched anew, and `sentinel log verify` cannot vouch for older lines',
    })
  }
  const key = (hex: string) => createSecretKey(hex, 'hex')
  return { id, seal: key(seal), cache: key(cache), log: key(log) }
}

function makeKeys(deps: Machine, path: string): Keys {
  const hex = (length: number) => Buffer.from(deps.random.bytes(length)).toString('hex')
  const content = { format: 1, id: hex(8), seal: hex(32), cache: hex(32), log: hex(32) }
  const text = `${JSON.stringify(content)}\n`
  writeAtomic(deps, path, text)
  return parseKeys(path, text)
}
