// A lock between processes that survives the death of its owner.
//
// Linux: a symbolic link. Making one is atomic and exclusive, and it carries its owner's name from the first moment
// (a file made with O_EXCL is empty when its maker is killed before writing). A dead owner's lock is never simply
// unlinked: two that found it dead would both take it, the second from the first. It is claimed, by a second
// exclusive link named after the dead owner's nonce; whoever has the claim reads the lock again and renames the claim
// over it. A claimant that dies is itself claimed by its nonce, along the chain.
// INVARIANT: only the living holder of the last claim in a chain may change a dead owner's lock.
//
// macOS and Windows: the kernel holds the lock for as long as the file is open. That file is never removed.

import {
  closeSync,
  constants,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { SentinelError } from '../base/index.ts'
import { errorCode, fileError, makeFolder, writeAll } from './files.ts'
import type { Machine } from './machine.ts'
import { isDead, lookAtProcess, nonceOf, ownerToText, type Place, placeOfSelf, textToOwner } from './owner.ts'

/** Gives the lock back. */
export type Release = () => void

/** The lock, or the name of whoever has it. */
export type Attempt =
  | { readonly kind: 'got'; readonly release: Release }
  | { readonly kind: 'held'; readonly holder: string }

const patienceMs = 10_000

/**
 * Runs a function while no other process is in the same lock. Blocks the thread while it waits, so: for moments only.
 * Not re-entrant.
 *
 * @throws SentinelError LOCK_TIMEOUT after 10 s, naming the owner; FILE_UNWRITABLE when no lock can be made there
 */
export function withLock<T>(deps: Machine, path: string, run: () => T): T {
  const release = waitForLock(deps, path)
  try {
    return run()
  } finally {
    release()
  }
}

function waitForLock(deps: Machine, path: string): Release {
  for (let waited = 0, tries = 0; ; tries++) {
    const attempt = tryLock(deps, path)
    if (attempt.kind === 'got') return attempt.release
    if (waited >= patienceMs) throw lockTimeout(path, attempt.holder, patienceMs)
    const ms = delayMs(deps, tries, 0.3, 15)
    deps.wait.block(ms)
    waited += ms
  }
}

/** How long to wait before the next try: doubling up to a limit, with jitter so that waiters do not march in step. */
export function delayMs(deps: Pick<Machine, 'random'>, tries: number, first: number, most: number): number {
  const jitter = 0.5 + (deps.random.bytes(1)[0] ?? 0) / 256
  return Math.min(first * 2 ** Math.min(tries, 16), most) * jitter
}

/** The error of somebody who waited in vain. */
export function lockTimeout(path: string, holder: string, waitedMs: number): SentinelError {
  const pid = textToOwner(holder)?.pid ?? /^\d{1,10}$/.exec(holder)?.[0]
  const owner = pid === undefined ? 'another process' : `process ${pid}`
  return new SentinelError(
    'LOCK_TIMEOUT',
    `${owner} has held \`${path}\` for more than ${waitedMs / 1000} s`,
    {
      hint: `see what ${owner} is doing; if it is no sentinel, remove \`${path}\``,
    },
  )
}

/** One try, without waiting. A dead owner's lock is taken over. */
export function tryLock(deps: Machine, path: string): Attempt {
  try {
    return attempt(deps, path)
  } catch (thrown) {
    if (errorCode(thrown) !== 'ENOENT') throw fileError('FILE_UNWRITABLE', 'lock', path, thrown)
  }
  try {
    makeFolder(deps.platform.path.dirname(path))
    return attempt(deps, path)
  } catch (thrown) {
    throw fileError('FILE_UNWRITABLE', 'lock', path, thrown)
  }
}

/**
 * Whether nobody holds a lock any more, beyond doubt: whoever cannot be looked at, as in another container, may live. It is
 * not taken.
 */
export function isForsaken(deps: Pick<Machine, 'platform' | 'pid'>, path: string): boolean {
  const { lock } = deps.platform
  if (lock.kind === 'link') {
    const holder = readLink(path)
    return holder === undefined || isDead(holder, placeOfSelf(), lookAtProcess, () => 0)
  }
  const attempt = tryOpen(deps, path, lock)
  if (attempt.kind === 'got') attempt.release()
  return attempt.kind === 'got'
}

function attempt(deps: Machine, path: string): Attempt {
  return deps.platform.lock.kind === 'link' ? tryLink(deps, path) : tryOpen(deps, path, deps.platform.lock)
}

function tryOpen(
  deps: Pick<Machine, 'pid'>,
  path: string,
  means: { readonly flags: number; readonly held: readonly string[] },
): Attempt {
  let file: number
  try {
    file = openSync(path, constants.O_RDWR | constants.O_CREAT | means.flags, 0o600)
  } catch (thrown) {
    if (!means.held.includes(errorCode(thrown))) throw thrown
    return { kind: 'held', holder: nameInFile(path) }
  }
  ftruncateSync(file)
  writeAll(file, Buffer.from(String(deps.pid)))
  return { kind: 'got', release: () => closeSync(file) }
}

// Windows lets nobody read it while it is held: then the owner has no name.
function nameInFile(path: string): string {
  try {
    return readFileSync(path, 'latin1').slice(0, 20)
  } catch {
    return ''
  }
}

function tryLink(deps: Machine, path: string): Attempt {
  const here = placeOfSelf()
  const mine = nameOfSelf(deps, here)
  const got: Attempt = { kind: 'got', release: () => releaseLink(path, mine) }
  if (makeLink(mine, path)) return got
  const holder = readLink(path)
  if (holder === undefined) return { kind: 'held', holder: '' }
  const dead = (name: string, link: string) => isDead(name, here, lookAtProcess, () => ageMs(deps, link))
  if (!dead(holder, path)) return { kind: 'held', holder }
  return takeOver(deps, path, { holder, mine, dead }) ? got : { kind: 'held', holder }
}

type Claim = {
  /** The dead owner that the lock names. */
  readonly holder: string
  readonly mine: string
  dead(name: string, link: string): boolean
}

function takeOver(deps: Machine, path: string, { holder, mine, dead }: Claim): boolean {
  const passed: string[] = []
  let claim = `${path}.${nonceOf(holder)}`
  while (!makeLink(mine, claim)) {
    const claimant = readLink(claim)
    if (claimant === undefined || !dead(claimant, claim)) return false
    passed.push(claim)
    claim = `${path}.${nonceOf(claimant)}`
    if (passed.includes(claim)) return false
  }
  if (readLink(path) !== holder) {
    removeLink(claim)
    return false
  }
  renameSync(claim, path)
  sweep(deps, path, dead)
  return true
}

// Claims of the dead are void once the lock has a living owner. Those who died between claiming and letting go left
// theirs; nobody would ever look at them again.
function sweep(deps: Machine, path: string, dead: Claim['dead']): void {
  const { basename, dirname, join } = deps.platform.path
  const folder = dirname(path)
  for (const name of readdirSync(folder)) {
    const isClaim = name.startsWith(`${basename(path)}.`) && /\.[0-9a-f]{16}$/.test(name)
    const claimant = isClaim ? readLink(join(folder, name)) : undefined
    if (claimant !== undefined && dead(claimant, join(folder, name))) removeLink(join(folder, name))
  }
}

function nameOfSelf(deps: Machine, here: Place): string {
  const seen = lookAtProcess(deps.pid)
  const startTime = seen === 'gone' ? '' : seen.startTime
  const nonce = Buffer.from(deps.random.bytes(8)).toString('hex')
  return ownerToText({ ...here, nonce, pid: deps.pid, startTime })
}

function releaseLink(path: string, mine: string): void {
  if (readLink(path) === mine) removeLink(path)
}

function makeLink(target: string, path: string): boolean {
  try {
    symlinkSync(target, path)
    return true
  } catch (thrown) {
    if (errorCode(thrown) === 'EEXIST') return false
    throw thrown
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

function removeLink(path: string): void {
  try {
    unlinkSync(path)
  } catch (thrown) {
    if (errorCode(thrown) !== 'ENOENT') throw thrown
  }
}

function ageMs(deps: Pick<Machine, 'clock'>, path: string): number {
  const link = lstatSync(path, { throwIfNoEntry: false })
  return link === undefined ? 0 : deps.clock.now() - link.mtimeMs
}
