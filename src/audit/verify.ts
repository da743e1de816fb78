// Reading a whole log and saying what is wrong with it, and where. Memory does not grow with the log. It takes no lock:
// the head is read before the file, and a log is never behind its head, so a writer at work does no harm.

import { hash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readdirSync } from 'node:fs'
import { SentinelError } from '../base/index.ts'
import { errorCode, fileError, type Keys, type Machine } from '../machine/index.ts'
import { type Head, isLogId, logAt, readHead } from './head.ts'
import { type Authentic, authentic, claimedMac, type Link, noMac } from './line.ts'
import { linesOf, type RawLine } from './lines.ts'

/** What verifying needs. */
export type VerifyDeps = Pick<Machine, 'platform'> & { readonly keys: Keys; readonly stateFolder: string }

/** Something wrong with a log, at a line of the file; 0 stands for the file as a whole. */
export type Problem = {
  readonly kind: 'edited' | 'missing' | 'order' | 'break' | 'truncated' | 'removed' | 'replaced' | 'head'
  readonly line: number
  /** The number in the chain that was expected there. */
  readonly seq: number
  readonly message: string
}

/** What verifying a log found out. */
export type Verdict = {
  readonly file: string
  /** The log's id, where it is known. */
  readonly log: string | undefined
  readonly lines: number
  readonly decisions: number
  /** How many problems there are. */
  readonly problemCount: number
  /** The first of them, at most `maxProblems`. */
  readonly problems: readonly Problem[]
  /** Lines that were torn by a kill and closed; at most as many. */
  readonly notes: readonly { readonly line: number; readonly message: string }[]
}

/** At most so many problems are told one by one. */
export const maxProblems = 50

/**
 * Checks every line of a log against its key, its neighbours and the head.
 *
 * @throws SentinelError LOG_UNREADABLE when there is no file and never was one, or it cannot be read
 */
export function verify(deps: VerifyDeps, path: string): Verdict {
  const found = new Findings(path)
  const stood = logAt(deps, path)
  const file = openToRead(path)
  if (file === undefined) return removed(deps, path, found, stood)
  try {
    walk(deps, path, file, stood, found)
    return found.verdict()
  } finally {
    closeSync(file)
  }
}

class Findings {
  readonly #path: string
  readonly #problems: Problem[] = []
  readonly #notes: { line: number; message: string }[] = []
  #count = 0
  lines = 0
  decisions = 0
  log: string | undefined

  constructor(path: string) {
    this.#path = path
  }

  problem(kind: Problem['kind'], line: number, seq: number, message: string): void {
    this.#count++
    if (this.#problems.length < maxProblems) this.#problems.push({ kind, line, seq, message })
  }

  note(line: number, message: string): void {
    if (this.#notes.length < maxProblems) this.#notes.push({ line, message })
  }

  verdict(): Verdict {
    const { lines, decisions, log } = this
    const [problems, notes, problemCount] = [this.#problems, this.#notes, this.#count]
    return { file: this.#path, log, lines, decisions, problemCount, problems, notes }
  }
}

function openToRead(path: string): number | undefined {
  try {
    const file = openSync(path, 'r')
    if (!fstatSync(file).isDirectory()) return file
    closeSync(file)
    throw Object.assign(new Error('folder'), { code: 'EISDIR' })
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return undefined
    throw fileError('LOG_UNREADABLE', 'read the decision log', path, thrown)
  }
}

function removed(deps: VerifyDeps, path: string, found: Findings, stood: string | undefined): Verdict {
  const head = stood === undefined ? undefined : readHead(deps, stood)
  if (stood === undefined || head?.link.seq === 0) {
    throw new SentinelError('LOG_UNREADABLE', `there is no decision log at \`${path}\``, {
      hint: 'name the log with --log-file',
    })
  }
  found.log = stood
  const moved =
    fileOfLog(deps, path, stood) ?? (firstLogOf(deps, head?.path ?? path) === stood ? head?.path : undefined)
  const count = head === undefined ? '' : ` with ${head.link.seq} lines`
  if (moved === undefined) found.problem('removed', 0, 1, `the file is gone; log ${stood}${count} stood here`)
  else found.note(0, `log ${stood} is now \`${moved}\`, which is verified by itself`)
  return found.verdict()
}

type Expected = {
  link: Link
  /** Whether the MAC of the line before is known: not after an edited line. */
  certain: boolean
}

function walk(
  deps: VerifyDeps,
  path: string,
  file: number,
  stood: string | undefined,
  found: Findings,
): void {
  const walker = new Walker(deps, path, stood, found)
  for (const line of linesOf(file)) {
    found.lines++
    walker.take(line)
  }
  walker.end(fstatSync(file).size)
}

class Walker {
  readonly #deps: VerifyDeps
  readonly #path: string
  readonly #stood: string | undefined
  readonly #found: Findings
  #expected: Expected = { link: { seq: 0, mac: noMac }, certain: true }
  /** A line that is not ours, or not whole: a torn one if the next says so. */
  #pending:
    | { readonly line: number; readonly sha256: string; readonly mac: string | undefined; ended: boolean }
    | undefined
  #head: Head | undefined
  #links = new Map<number, string>()

  constructor(deps: VerifyDeps, path: string, stood: string | undefined, found: Findings) {
    this.#deps = deps
    this.#path = path
    this.#stood = stood
    this.#found = found
    this.#adopt(stood)
  }

  take(line: RawLine): void {
    const ours = line.tooLong ? undefined : authentic(this.#deps.keys.log, line.bytes)
    if (ours !== undefined && !line.ended && this.#head?.link.seq === ours.link.seq) {
      this.#found.problem('edited', line.number, ours.link.seq, 'its line break is missing')
    }
    if (ours === undefined) {
      this.#settle()
      const sha256 = hash('sha256', line.bytes, 'hex')
      this.#pending = { line: line.number, sha256, mac: claimedMac(line.bytes), ended: line.ended }
      return
    }
    if (ours.fields.get('event') === 'torn' && ours.fields.get('torn_sha256') === this.#pending?.sha256) {
      this.#found.note(this.#pending?.line ?? 0, 'half a line, torn when its writer was stopped')
      this.#pending = undefined
    }
    this.#settle()
    this.#place(line.number, ours)
  }

  /** The file is read. */
  end(size: number): void {
    const { link } = this.#expected
    if (this.#pending !== undefined && !this.#pending.ended && this.#reached()) {
      this.#found.note(this.#pending.line, 'half a line at the end; the next decision will close it')
      this.#pending = undefined
    }
    this.#settle()
    if (this.#head === undefined) {
      const message = `the head of the log is not in \`${this.#deps.stateFolder}\`, so missing lines at the end cannot be seen`
      this.#found.problem('head', this.#found.lines, link.seq + 1, message)
    } else if (!this.#reached()) {
      this.#cut(this.#head, size)
    }
    this.#checkPlace()
  }

  #adopt(id: string | undefined): void {
    this.#found.log = id
    this.#head = id === undefined ? undefined : readHead(this.#deps, id)
  }

  // The head may be behind, if a writer was killed or is at work, but its last line must have been passed as it says.
  #reached(): boolean {
    const head = this.#head
    if (head === undefined) return false
    return head.link.seq === 0 || this.#links.get(head.link.seq) === head.link.mac
  }

  #cut(head: Head, size: number): void {
    const { seq } = this.#expected.link
    const [kind, message] =
      seq < head.link.seq
        ? (['truncated', `lines ${seq + 1} to ${head.link.seq} of the chain are missing at the end`] as const)
        : (['edited', `line ${head.link.seq} of the chain is not the one that the head names`] as const)
    this.#found.problem(
      kind,
      this.#found.lines + 1,
      seq + 1,
      `${message}; the file has ${size} bytes of ${head.size}`,
    )
  }

  // A line that was not ours and not torn: somebody else's, or ours and changed.
  #settle(): void {
    const pending = this.#pending
    if (pending === undefined) return
    this.#pending = undefined
    const seq = this.#expected.link.seq + 1
    this.#found.problem(
      'edited',
      pending.line,
      seq,
      `this is not what was written as line ${seq} of the chain`,
    )
    this.#expected = { link: this.#expected.link, certain: false }
  }

  #place(number: number, ours: Authentic): void {
    const { seq } = ours.link
    const event = ours.fields.get('event')
    if (event === 'log') this.#begin(number, ours)
    if (event === 'break') this.#break(number, ours)
    else this.#checkOrder(number, ours)
    if (event === 'decision') this.#found.decisions++
    // A line from further up says nothing about where the next belongs.
    if (seq > this.#expected.link.seq || event === 'break')
      this.#expected = { link: ours.link, certain: true }
    if (seq === this.#head?.link.seq) this.#links.set(seq, ours.link.mac)
  }

  #break(number: number, ours: Authentic): void {
    const [want, founded] = [this.#expected.link.seq + 1, ours.fields.get('log')]
    const lost =
      ours.link.seq > want ? `; lines ${want} to ${ours.link.seq - 1} of the chain are not before it` : ''
    this.#found.problem('break', number, want, breakMessage(ours) + lost)
    if (isLogId(founded)) this.#adopt(founded)
  }

  #checkOrder(number: number, ours: Authentic): void {
    const { link, certain } = this.#expected
    const want = link.seq + 1
    const { seq } = ours.link
    // After changed lines nobody knows how many of them were one: only what is missing beyond them is told apart.
    if (!certain && seq > link.seq) return
    if (seq > want) {
      const lost = seq - 1 === want ? `line ${want}` : `lines ${want} to ${seq - 1}`
      this.#found.problem(
        'missing',
        number,
        want,
        `${lost} of the chain ${seq - 1 === want ? 'is' : 'are'} missing before this one`,
      )
    } else if (seq < want) {
      this.#found.problem(
        'order',
        number,
        want,
        `this is line ${seq} of the chain, where line ${want} belongs`,
      )
    } else if (ours.prev !== link.mac) {
      this.#found.problem(
        'order',
        number,
        want,
        'this line was written after another line than the one before it',
      )
    }
  }

  #begin(number: number, ours: Authentic): void {
    const id = ours.fields.get('log')
    if (number !== 1 || !isLogId(id)) return
    this.#adopt(id)
    const previous = ours.fields.get('previous_log')
    if (isLogId(previous)) this.#checkPrevious(previous)
  }

  // Rotation keeps the older file beside the newer one, under a longer or a changed name.
  #checkPrevious(id: string): void {
    const head = readHead(this.#deps, id)
    const beside = fileOfLog(this.#deps, this.#path, id)
    const count = head === undefined ? '' : ` with ${head.link.seq} lines`
    if (beside === undefined) {
      this.#found.problem('removed', 0, 1, `log ${id}${count} stood here before and is not beside this one`)
    } else {
      this.#found.note(1, `goes on from log ${id} in \`${beside}\`, which is verified by itself`)
    }
  }

  #checkPlace(): void {
    const [stood, log] = [this.#stood, this.#found.log]
    if (stood === undefined || log === stood) return
    this.#found.problem(
      'replaced',
      0,
      1,
      `log ${stood} belongs here, this is ${log === undefined ? 'another file' : `log ${log}`}`,
    )
  }
}

function breakMessage(ours: Authentic): string {
  const reason = ours.fields.get('reason')
  return `${typeof reason === 'string' ? reason : 'the chain was broken'}; noticed when this line was written`
}

function fileOfLog(deps: VerifyDeps, path: string, id: string): string | undefined {
  const { basename, dirname, join } = deps.platform.path
  const stem = basename(path).replace(/\.[^.]*$/, '')
  const names = readdirSync(dirname(path)).filter((name) => name.startsWith(stem) && name !== basename(path))
  return names.slice(0, 1000).find((name) => firstLogOf(deps, join(dirname(path), name)) === id)
}

function firstLogOf(deps: VerifyDeps, path: string): string | undefined {
  try {
    const file = openSync(path, 'r')
    try {
      const [first] = fstatSync(file).isFile() ? linesOf(file) : []
      const ours = first === undefined ? undefined : authentic(deps.keys.log, first.bytes)
      const id = ours?.fields.get('log')
      return isLogId(id) ? id : undefined
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}
