// Reading one file of a log whole and saying what is wrong with it, and where. Memory does not grow with the file. It
// takes no lock: the head is read before the file, and a log is never behind its head, so a writer at work does no harm.
// How files belong together is chain.ts's to say.

import { hash } from 'node:crypto'
import { closeSync, fstatSync, openSync } from 'node:fs'
import { SentinelError } from '../base/index.ts'
import { errorCode, fileError, type Keys, type Machine } from '../machine/index.ts'
import { lookInto } from './beside.ts'
import { type Head, isLogId, readHead } from './head.ts'
import { type Authentic, authentic, claimedMac, type Link, noMac } from './line.ts'
import { linesOf, type RawLine } from './lines.ts'
import { logNamedIn } from './reading.ts'
import { logAt, standingAt } from './standing.ts'

/** What verifying needs. */
export type VerifyDeps = Pick<Machine, 'platform'> & { readonly keys: Keys; readonly stateFolder: string }

/** Something wrong with a log, at a line of a file; 0 stands for the file as a whole. */
export type Problem = {
  readonly file: string
  readonly kind: 'edited' | 'missing' | 'order' | 'break' | 'truncated' | 'removed' | 'replaced' | 'head'
  readonly line: number
  /** The number in the chain that was expected there. */
  readonly seq: number
  readonly message: string
}

/** A line that was torn by a kill and closed, or how a log goes on. */
export type Note = { readonly file: string; readonly line: number; readonly message: string }

/** The log that went before, as the first line of the one that follows has it. */
export type Previous = { readonly log: string; readonly link: Link | undefined }

/** What verifying a file found out. */
export type FileVerdict = {
  readonly file: string
  /** The log's id, where it is known. */
  readonly log: string | undefined
  /** Ids of all logs that the file is or goes on: more than one where a chain was founded anew in it. */
  readonly logs: readonly string[]
  readonly previous: Previous | undefined
  readonly lines: number
  readonly decisions: number
  /** How many problems there are. */
  readonly problemCount: number
  /** The first of them, at most `maxProblems`. */
  readonly problems: readonly Problem[]
  /** At most as many. */
  readonly notes: readonly Note[]
}

/** At most so many problems are told one by one. */
export const maxProblems = 50

/**
 * Checks every line of a file against the key, its neighbours and the head.
 *
 * @param reaches how far the log must go at least, by what follows it; undefined where nothing says so
 * @throws SentinelError LOG_UNREADABLE when there is no file and never was one, or it cannot be read
 */
export function verifyFile(deps: VerifyDeps, path: string, reaches?: Link): FileVerdict {
  const found = new Findings(path)
  const stood = logAt(deps, path)
  const file = openToRead(path)
  if (file === undefined) return withoutLine(deps, path, found)
  try {
    if (fstatSync(file).size === 0) return withoutLine(deps, path, found)
    const walker = new Walker(deps, path, stood, reaches, found)
    for (const line of linesOf(file)) {
      found.lines++
      walker.take(line)
    }
    walker.end(fstatSync(file).size)
    return found.verdict()
  } finally {
    closeSync(file)
  }
}

class Findings {
  readonly #path: string
  readonly #problems: Problem[] = []
  readonly #notes: Note[] = []
  #count = 0
  lines = 0
  decisions = 0
  readonly logs: string[] = []
  previous: Previous | undefined

  constructor(path: string) {
    this.#path = path
  }

  problem(kind: Problem['kind'], line: number, seq: number, message: string): void {
    this.#count++
    if (this.#problems.length < maxProblems)
      this.#problems.push({ file: this.#path, kind, line, seq, message })
  }

  note(line: number, message: string): void {
    if (this.#notes.length < maxProblems) this.#notes.push({ file: this.#path, line, message })
  }

  verdict(): FileVerdict {
    const { lines, decisions, logs, previous } = this
    const [problems, notes, problemCount] = [this.#problems, this.#notes, this.#count]
    const log = logs.at(-1)
    return { file: this.#path, log, logs, previous, lines, decisions, problemCount, problems, notes }
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

// Moved aside, and nothing was decided since: the next decision will begin a log that names the one that stood here.
function withoutLine(deps: VerifyDeps, path: string, found: Findings): FileVerdict {
  const previous = lastAt(deps, path)
  if (previous === undefined) {
    throw new SentinelError('LOG_UNREADABLE', `there is no decision log at \`${path}\``, {
      hint: 'name the log with --log-file',
    })
  }
  const elsewhere = readHead(deps, previous.log)?.path
  if (elsewhere !== undefined && elsewhere !== path && logIn(deps, elsewhere) === previous.log) {
    found.logs.push(previous.log)
    found.note(0, `log ${previous.log} is now \`${elsewhere}\`, which is verified by itself`)
  } else {
    found.previous = previous
  }
  return found.verdict()
}

/** The last log at a path that holds a line: one whose first line was never written does not count. */
function lastAt(deps: VerifyDeps, path: string): Previous | undefined {
  const stood = standingAt(deps, path)
  const head = stood === undefined ? undefined : readHead(deps, stood.log)
  const log = head?.link.seq === 0 ? stood?.before : stood?.log
  return log === undefined ? undefined : { log, link: readHead(deps, log)?.link }
}

type Expected = {
  link: Link
  /** Whether the MAC of the line before is known: not after an edited line. */
  certain: boolean
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
  readonly #reaches: Link | undefined
  #links = new Map<number, string>()

  constructor(
    deps: VerifyDeps,
    path: string,
    stood: string | undefined,
    reaches: Link | undefined,
    found: Findings,
  ) {
    this.#deps = deps
    this.#path = path
    this.#stood = stood
    this.#reaches = reaches
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
    if (this.#pending !== undefined && !this.#pending.ended && this.#reached()) {
      this.#found.note(this.#pending.line, 'half a line at the end; the next decision will close it')
      this.#pending = undefined
    }
    this.#settle()
    this.#checkEnd(size)
    this.#checkPlace()
    if (this.#links.size === 0 && this.#head?.link.seq === 0)
      this.#found.previous ??= lastAt(this.#deps, this.#path)
  }

  #checkEnd(size: number): void {
    const { seq } = this.#expected.link
    const reaches = this.#reaches
    if (this.#head !== undefined && !this.#reached()) this.#cut(this.#head.link, 'the head', size)
    else if (reaches !== undefined && this.#links.get(reaches.seq) !== reaches.mac) {
      this.#cut(reaches, 'the log after it', size)
    } else if (this.#head === undefined && reaches === undefined) {
      const message = `the head of the log is not in \`${this.#deps.stateFolder}\`, so missing lines at the end cannot be seen`
      this.#found.problem('head', this.#found.lines, seq + 1, message)
    }
  }

  #adopt(id: string | undefined): void {
    if (id !== undefined && !this.#found.logs.includes(id)) this.#found.logs.push(id)
    this.#head = id === undefined ? undefined : readHead(this.#deps, id)
  }

  // The head may be behind, if a writer was killed or is at work, but its last line must have been passed as it says.
  #reached(): boolean {
    const head = this.#head
    if (head === undefined) return false
    return head.link.seq === 0 || this.#links.get(head.link.seq) === head.link.mac
  }

  #cut(link: Link, by: string, size: number): void {
    const { seq } = this.#expected.link
    const [kind, message] =
      seq < link.seq
        ? (['truncated', `lines ${seq + 1} to ${link.seq} of the chain are missing at the end`] as const)
        : (['edited', `line ${link.seq} of the chain is not the one that ${by} names`] as const)
    const bytes = this.#head === undefined ? '' : `; the file has ${size} bytes of ${this.#head.size}`
    this.#found.problem(kind, this.#found.lines + 1, seq + 1, `${message}${bytes}`)
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
    if (seq === this.#head?.link.seq || seq === this.#reaches?.seq) this.#links.set(seq, ours.link.mac)
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
    const [log, seq, mac] = ['log', 'count', 'mac'].map((name) => ours.fields.get(`previous_${name}`))
    const link = typeof seq === 'number' && typeof mac === 'string' ? { seq, mac } : undefined
    if (isLogId(log)) this.#found.previous = { log, link }
  }

  #checkPlace(): void {
    const [stood, log] = [this.#stood, this.#found.logs.at(-1)]
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

/** The id of the log that a file is. */
export function logIn(deps: VerifyDeps, path: string): string | undefined {
  return lookInto(path, (file) => logNamedIn(deps.keys.log, file))
}
