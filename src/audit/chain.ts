// Verifying a log whole: the file at its place, and the older ones beside it that rotation moved aside, each by the first
// line of the next. What stood at that place and is not there any more is missing, even where the link to it is gone.

import { filesBeside } from './beside.ts'
import { type Head, readHead } from './head.ts'
import { logAt, logsOnceAt } from './standing.ts'
import {
  type FileVerdict,
  logIn,
  maxProblems,
  type Note,
  type Previous,
  type Problem,
  type VerifyDeps,
  verifyFile,
} from './verify.ts'

/** What verifying a log found out. */
export type Verdict = {
  readonly file: string
  /** The log's id, where it is known. */
  readonly log: string | undefined
  /** In all files. */
  readonly lines: number
  readonly decisions: number
  /** How many problems there are. */
  readonly problemCount: number
  /** The first of them, at most `maxProblems`. */
  readonly problems: readonly Problem[]
  /** Lines that were torn by a kill and closed, and what else is no problem; at most as many. */
  readonly notes: readonly Note[]
  /** Every file that was read, oldest first. */
  readonly files: readonly Pick<FileVerdict, 'file' | 'log' | 'lines' | 'decisions' | 'problemCount'>[]
}

/** Checks one file by itself; whether the log before it is there is not asked. */
export function verifyAlone(deps: VerifyDeps, path: string): Verdict {
  const verdict = verifyFile(deps, path)
  const { previous, lines } = verdict
  if (previous === undefined) return together(path, [verdict], [], [])
  if (lines === 0) return together(path, [verdict], [gone(path, previous)], [])
  const note = noteOn(path, `goes on from log ${previous.log}, which was not looked for`)
  return together(path, [verdict], [], [note])
}

/** Checks a log and every older file of it that lies beside it. */
export function verifyChain(deps: VerifyDeps, path: string): Verdict {
  for (let tries = 0; ; tries++) {
    const stood = logAt(deps, path)
    const verdict = verifyOnce(deps, path)
    // Rotated in between, files are not where they were; who rotates all the time is not waited for.
    if (verdict.problemCount === 0 || tries === 3 || logAt(deps, path) === stood) return verdict
  }
}

function verifyOnce(deps: VerifyDeps, path: string): Verdict {
  const newest = verifyFile(deps, path)
  // Listed after that: what it goes on from was renamed before it was begun.
  const beside = new Map(
    filesBeside(deps, path).flatMap((file) => {
      const log = logIn(deps, file)
      return log === undefined ? [] : [[log, file] as const]
    }),
  )
  const [verdicts, missing, notes] = [[newest], [] as Problem[], [] as Note[]]
  const seen = new Set(newest.logs)
  const follow = (from: FileVerdict) => {
    let last = from
    for (let next = last.previous; next !== undefined && !seen.has(next.log); next = last.previous) {
      const file = beside.get(next.log)
      seen.add(next.log)
      if (file === undefined) {
        missing.push(gone(path, next))
        return
      }
      last = verifyFile(deps, file, next.link)
      for (const log of last.logs) seen.add(log)
      verdicts.push(last)
    }
  }
  follow(newest)
  for (const [log, head] of unreached(deps, path, seen)) {
    const file = beside.get(log)
    if (seen.has(log)) continue
    seen.add(log)
    if (file === undefined) missing.push(gone(path, { log, link: head?.link }))
    else {
      const verdict = verifyFile(deps, file)
      verdicts.push(verdict)
      notes.push(noteOn(file, `what ties log ${log} to those after it is missing`))
      follow(verdict)
    }
  }
  return together(path, verdicts, missing, notes)
}

/** Logs that stood at a path and that no link leads to, the latest first. */
function unreached(deps: VerifyDeps, path: string, seen: ReadonlySet<string>) {
  const logs = logsOnceAt(deps, path).filter((log) => !seen.has(log))
  const heads = logs.map((log): readonly [string, Head | undefined] => [log, readHead(deps, log)])
  return heads.sort(([, a], [, b]) => (b?.timeMs ?? 0) - (a?.timeMs ?? 0))
}

function gone(file: string, { log, link }: Previous): Problem {
  const count = link === undefined ? '' : ` with ${link.seq} lines`
  const message = `log ${log}${count} stood here before and is not beside this one`
  return { file, kind: 'removed', line: 0, seq: 1, message }
}

const noteOn = (file: string, message: string): Note => ({ file, line: 0, message })

/** `verdicts` are newest first. */
function together(
  path: string,
  verdicts: readonly FileVerdict[],
  missing: readonly Problem[],
  notes: readonly Note[],
): Verdict {
  // What was moved aside and not begun anew is no file.
  const files = verdicts.filter(({ logs, lines }) => logs.length + lines > 0).toReversed()
  const sum = (name: 'lines' | 'decisions' | 'problemCount') =>
    files.reduce((total, each) => total + each[name], 0)
  return {
    file: path,
    log: verdicts[0]?.log,
    lines: sum('lines'),
    decisions: sum('decisions'),
    problemCount: sum('problemCount') + missing.length,
    problems: [...missing, ...files.flatMap(({ problems }) => problems)].slice(0, maxProblems),
    notes: [...files.flatMap((each) => each.notes), ...notes].slice(0, maxProblems),
    files: files.map(({ file, log, lines, decisions, problemCount }) => ({
      file,
      log,
      lines,
      decisions,
      problemCount,
    })),
  }
}
