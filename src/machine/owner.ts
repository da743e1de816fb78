// Who holds a lock, and whether that process still lives. A process id alone does not say: ids are used again, other
// containers count from 1 too, and `kill(pid, 0)` calls a zombie alive. So an owner is its id, its start time, the
// machine's boot and the namespace that the id counts in; Linux tells all four.

import { hash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'

/** Where process ids mean the same: one boot of one machine, one pid namespace. Empty texts mean unknown. */
export type Place = { readonly bootId: string; readonly pidNamespace: string }

/** A holder of a lock. */
export type Owner = Place & {
  /** Tells two holdings of one process apart. 16 lower-case hex characters. */
  readonly nonce: string
  readonly pid: number
  /** When the process started, in the kernel's ticks. */
  readonly startTime: string
}

/** What the kernel says of a process id now. */
export type Sighting = 'gone' | { readonly startTime: string; readonly zombie: boolean }

/** An owner whose process cannot be looked at (another boot, container or host) is given up after this long. */
export const foreignOwnerMs = 60_000

/** The owner as one word, which a symbolic link can point to. */
export function ownerToText(owner: Owner): string {
  return [owner.nonce, owner.pid, owner.startTime, owner.bootId, owner.pidNamespace].join('.')
}

/** Reads what ownerToText wrote; undefined for anything else. */
export function textToOwner(text: string): Owner | undefined {
  const parts = /^([0-9a-f]{16})\.(\d{1,10})\.(\d*)\.([0-9a-f-]*)\.(\d*)$/.exec(text)
  if (parts === null) return undefined
  const [, nonce = '', pid, startTime = '', bootId = '', pidNamespace = ''] = parts
  return { nonce, pid: Number(pid), startTime, bootId, pidNamespace }
}

/** The name under which a holding can be claimed: its nonce, or a hash where the text is not ours. */
export function nonceOf(text: string): string {
  return textToOwner(text)?.nonce ?? hash('sha256', text, 'hex').slice(0, 16)
}

/**
 * Whether an owner is dead. Only what can be looked at is judged by looking; the age counts for the rest, so that a
 * slow owner on this machine is never robbed.
 */
export function isDead(
  text: string,
  here: Place,
  look: (pid: number) => Sighting,
  ageMs: () => number,
): boolean {
  const owner = textToOwner(text)
  const near =
    owner !== undefined &&
    here.bootId !== '' &&
    here.pidNamespace !== '' &&
    owner.bootId === here.bootId &&
    owner.pidNamespace === here.pidNamespace
  if (!near) return ageMs() > foreignOwnerMs
  const seen = look(owner.pid)
  return seen === 'gone' || seen.zombie || seen.startTime !== owner.startTime
}

/** The place of this process, from Linux's /proc. */
export function placeOfSelf(): Place {
  return {
    bootId: orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: orEmpty(() => readlinkSync('/proc/self/ns/pid').slice('pid:['.length, -1)),
  }
}

/** Looks a process id up in Linux's /proc. */
export function lookAtProcess(pid: number): Sighting {
  return statToSighting(orEmpty(() => readFileSync(`/proc/${pid}/stat`, 'utf8')))
}

/** Reads /proc/PID/stat (proc(5)): the command's name in brackets may itself hold brackets and spaces. */
export function statToSighting(stat: string): Sighting {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startTime] = [fields[0], fields[19]]
  if (state === undefined || startTime === undefined) return 'gone'
  return { startTime, zombie: state === 'Z' || state === 'X' }
}

function orEmpty(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
