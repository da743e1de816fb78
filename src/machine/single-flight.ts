// One maker for each thing, across processes: fifty callers that find the cache empty make one call, and all read what
// it brought. Whoever waits looks at the cache itself, not at the maker; every few looks it tries the lock, which a
// dead maker has lost. A maker that fails leaves a sealed note for a second, so that the others do not fail one by one.

import { asSentinelError, codes, type ErrorCode, SentinelError } from '../base/index.ts'
import { delayMs, lockTimeout, type Release, tryLock } from './lock.ts'
import type { Machine } from './machine.ts'
import type { NamedTexts } from './sealed.ts'

/** One thing to be made at most once at a time. */
export type Flight<T> = {
  /** Names the thing in notes of failure. */
  readonly name: string
  /** Path of the lock, which stands for the thing across processes. */
  readonly lock: string
  /** The thing, if it was made and still serves. Called often: it must be quick when there is none. */
  read(): T | undefined
  make(): Promise<T>
  write(value: T): void
  /** Whether a failure would be the same for everybody who waits, and so may be told to them. */
  isShared(error: SentinelError): boolean
}

const [noteMs, patienceMs, ticksPerTry] = [1_000, 120_000, 8]

/** The thing, made at most once; what it throws stands at the room's face (lazily.ts). */
export async function singleFlight<T>(
  deps: Machine & { readonly notes: NamedTexts },
  flight: Flight<T>,
): Promise<T> {
  const startedMs = deps.clock.now()
  for (let waited = 0, tick = 0, holder = ''; ; tick++) {
    const value = flight.read()
    if (value !== undefined) return value
    const failure = recentFailure(deps, flight.name, startedMs)
    if (failure !== undefined) throw failure
    if (tick % ticksPerTry === 0) {
      const attempt = tryLock(deps, flight.lock)
      if (attempt.kind === 'got') return await lead(deps, flight, startedMs, attempt.release)
      holder = attempt.holder
      if (waited >= patienceMs) throw lockTimeout(flight.lock, holder, patienceMs)
    }
    const ms = delayMs(deps, tick, 2, 25)
    await deps.wait.pause(ms)
    waited += ms
  }
}

async function lead<T>(
  deps: Machine & { readonly notes: NamedTexts },
  flight: Flight<T>,
  startedMs: number,
  release: Release,
): Promise<T> {
  try {
    // Somebody may have finished, or failed, between our look and our lock.
    const value = flight.read()
    if (value !== undefined) return value
    const failure = recentFailure(deps, flight.name, startedMs)
    if (failure !== undefined) throw failure
    const made = await makeOrNote(deps, flight)
    flight.write(made)
    return made
  } finally {
    release()
  }
}

async function makeOrNote<T>(
  deps: Pick<Machine, 'clock'> & { readonly notes: NamedTexts },
  flight: Flight<T>,
): Promise<T> {
  try {
    return await flight.make()
  } catch (thrown) {
    const { code, message, hint, details } = asSentinelError(thrown)
    if (thrown instanceof SentinelError && flight.isShared(thrown)) {
      const note: Note = { atMs: deps.clock.now(), code, message, hint, details }
      deps.notes.write(flight.name, JSON.stringify(note))
    }
    throw thrown
  }
}

type Note = {
  readonly atMs: number
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
  readonly details: readonly string[]
}

// Told to everybody who was waiting when it happened, and for a moment to those who come after. A note from the
// future (the clock was set back) says nothing.
function recentFailure(
  deps: Pick<Machine, 'clock'> & { readonly notes: NamedTexts },
  name: string,
  startedMs: number,
): SentinelError | undefined {
  const text = deps.notes.read(name)
  if (text === undefined) return undefined
  const note = JSON.parse(text) as Note
  const now = deps.clock.now()
  const counts = note.atMs <= now && (note.atMs >= startedMs || now - note.atMs < noteMs)
  if (!counts || !(note.code in codes)) return undefined
  return new SentinelError(note.code as ErrorCode, note.message, { hint: note.hint, details: note.details })
}
