// Runs a story: the script of a txtar archive, line by line, in a world of its own. `CONTRIBUTING.md` lists the words.
// `!` before a line says that it fails, `? N` that the program ends with exactly that status.

import { appendFileSync, chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { pythonWith } from '../../dev/backends/python.ts'
import type { Clock } from '../../src/base/index.ts'
import { parseDuration } from '../../src/base/index.ts'
import { formatArchive, parseArchive } from './txtar.ts'
import { expand, scriptLines, splitWords, type Word } from './words.ts'
import {
  clockOf,
  closeWorld,
  type Ended,
  inWorld,
  nothing,
  onPath,
  openWorld,
  runProgram,
  runSentinel,
  type Stage,
  type StoryAws,
  type World,
  writeInside,
} from './world.ts'

/** A line of a story that did not hold. */
export class StoryFailure extends Error {}

/** A story that cannot run on this machine, and why. */
export class StorySkipped extends Error {}

/** What the line wants of its program: any failure, success, or one status. */
type Wanted = { readonly fails: boolean; readonly status: number | undefined }

type Verb = (world: World, args: readonly Word[], wanted: Wanted) => Promise<void> | void

/**
 * Runs the story in `text`.
 *
 * @returns the story as it should be written: `text`, but for golden files that `stage.golden` says to renew
 * @throws StoryFailure with `path:line` of the first line that does not hold; StorySkipped
 */
export async function runStory(path: string, text: string, stage: Stage): Promise<string> {
  const archive = parseArchive(text)
  const world = openWorld(stage, archive)
  try {
    for (const line of scriptLines(archive.script)) {
      await runLine(world, line.text).catch((thrown: unknown) => {
        if (thrown instanceof StorySkipped) throw thrown
        throw new StoryFailure(
          `${path}:${line.number}: ${line.text.trim()}\n${messageOf(thrown)}${printed(world.last)}`,
        )
      })
    }
    const files = archive.files.map((file) => ({ ...file, text: world.renewed.get(file.name) ?? file.text }))
    return world.renewed.size === 0 ? text : formatArchive({ ...archive, files })
  } finally {
    await closeWorld(world)
  }
}

async function runLine(world: World, text: string): Promise<void> {
  const [, negation, status, rest = ''] = /^\s*(?:(!)\s+|\?\s*(\d+)\s+)?(.*)$/s.exec(text) ?? []
  const [verb, ...args] = splitWords(rest, world.variables)
  const run = verbs.get(verb?.text ?? '')
  if (run === undefined) throw new Error(`a story has no word \`${verb?.text}\``)
  await run(world, args, {
    fails: negation !== undefined,
    status: status === undefined ? undefined : Number(status),
  })
}

const texts = (args: readonly Word[]) => args.map(({ text }) => text)

const verbs: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['sentinel', (world, args, wanted) => ran(world, wanted, runSentinel(world, texts(args)))],
  [
    'built',
    (world, [name, ...args], wanted) => {
      if (name?.text !== 'sentinel') throw new Error('write `built sentinel …`')
      return ran(world, wanted, runProgram(world, world.stage.node, [world.stage.entry, ...texts(args)]))
    },
  ],
  ['node', (world, args, wanted) => ran(world, wanted, runProgram(world, world.stage.node, texts(args)))],
  ['aws', (world, args, wanted) => ran(world, wanted, runProgram(world, 'aws', texts(args)))],
  [
    'run',
    (world, [file, ...args], wanted) => ran(world, wanted, runProgram(world, file?.text ?? '', texts(args))),
  ],
  ['start', (world, args) => startService(world, texts(args))],
  ['calls', (world, [count, action]) => expectCalls(world, Number(count?.text), action?.text ?? '')],
  [
    'fault',
    (world, [action, kind, times]) => {
      const limit = times === undefined ? undefined : Number(times.text)
      startedAws(world).fault(action?.text ?? '', kind?.text ?? '', limit)
    },
  ],
  ['clock', (world, [at]) => setClock(world, at?.text ?? '')],
  ['stdout', (world, args, wanted) => expectMatch('stdout', world.last.stdout, args, wanted)],
  ['stderr', (world, args, wanted) => expectMatch('stderr', world.last.stderr, args, wanted)],
  ['terminal', (world, args, wanted) => expectMatch('terminal', world.last.terminal, args, wanted)],
  [
    'grep',
    (world, [pattern, file], wanted) =>
      expectMatch(file?.text ?? '', readIn(world, file), pattern === undefined ? [] : [pattern], wanted),
  ],
  ['cmp', (world, [left, right], wanted) => expectSame(world, left, right, wanted)],
  ['exists', (world, args, wanted) => expectExists(world, texts(args), wanted)],
  ['capture', (world, [name, pattern]) => capture(world, name?.text ?? '', pattern)],
  ['env', (world, args) => setVariables(world, texts(args))],
  [
    'stdin',
    (world, [file]) => {
      world.stdin = readIn(world, file)
    },
  ],
  [
    'type',
    (world, args) => {
      world.typed = texts(args)
    },
  ],
  [
    'cat',
    (world, args) => {
      world.last = { ...nothing, stdout: args.map((file) => readIn(world, file)).join('') }
    },
  ],
  [
    'expand',
    (world, args) => {
      for (const { text } of args)
        writeInside(
          world.folder,
          text,
          expand(readIn(world, { text }), world.variables, (value) => value),
        )
    },
  ],
  ['write', (world, [file, text]) => writeInside(world.folder, file?.text ?? '', `${text?.text ?? ''}\n`)],
  [
    'append',
    (world, [file, text]) => appendFileSync(inWorld(world, file?.text ?? ''), `${text?.text ?? ''}\n`),
  ],
  [
    'cp',
    (world, [from, to]) => copyFileSync(inWorld(world, from?.text ?? ''), inWorld(world, to?.text ?? '')),
  ],
  [
    'rm',
    (world, args) => {
      for (const { text } of args) rmSync(inWorld(world, text), { recursive: true })
    },
  ],
  [
    'mkdir',
    (world, args) => {
      for (const { text } of args) mkdirSync(inWorld(world, text), { recursive: true })
    },
  ],
  [
    'chmod',
    (world, [mode, file]) =>
      chmodSync(inWorld(world, file?.text ?? ''), Number.parseInt(mode?.text ?? '', 8)),
  ],
  [
    'needs',
    (_world, args) => {
      const missing = texts(args).find((name) => !isInstalled(name))
      if (missing === 'root') throw new StorySkipped('only root can try what another user can do')
      if (missing !== undefined) throw new StorySkipped(`${missing} is not installed`)
    },
  ],
])

const isInstalled = (name: string) =>
  name === 'root'
    ? process.getuid?.() === 0
    : name.startsWith('python:')
      ? pythonWith(name.slice('python:'.length)) !== undefined
      : onPath(name)

/** The words of the language, for the documentation test. */
export const storyWords: readonly string[] = [...verbs.keys()]

async function ran(world: World, { fails, status }: Wanted, program: Promise<Ended>): Promise<void> {
  world.last = await program
  world.stdin = ''
  world.typed = undefined
  const actual = world.last.status
  if (status !== undefined && actual !== status) throw new Error(`ended with ${actual}, not ${status}`)
  if (status !== undefined) return
  if (fails && actual === 0) throw new Error('succeeded')
  if (!fails && actual !== 0) throw new Error(`ended with ${actual}`)
}

function startService(world: World, [name, ...args]: readonly string[]): Promise<void> {
  if (name === 'proxy') return startProxy(world, args)
  if (name === 'aws' && world.aws === undefined) return startAws(world)
  throw new Error('write `start aws`, once, or `start proxy` behind it')
}

async function startProxy(world: World, [tls]: readonly string[]): Promise<void> {
  const { url, authority } = await startedAws(world).startProxy(tls)
  world.variables.set('PROXY', url)
  writeInside(world.folder, 'authority.pem', authority)
}

async function startAws(world: World): Promise<void> {
  world.aws = await world.stage.startAws(clockOf(world))
  for (const [key, value] of Object.entries(world.aws.env))
    if (value !== undefined) world.variables.set(key, value)
  for (const [file, text] of world.aws.home) {
    if (!existsSync(inWorld(world, `home/${file}`))) writeInside(world.folder, `home/${file}`, text)
  }
}

function startedAws(world: World): StoryAws {
  if (world.aws === undefined) throw new Error('write `start aws` before')
  return world.aws
}

function expectCalls(world: World, count: number, action: string): void {
  const calls = startedAws(world).calls()
  const found = calls.filter((call) => call === action).length
  if (found !== count)
    throw new Error(`${found} calls of ${action}, not ${count}; there were: ${calls.join(', ')}`)
}

function setClock(world: World, at: string): void {
  const now = at.startsWith('+') ? world.clock.now() + parseDuration(at.slice(1)) * 1000 : Date.parse(at)
  if (Number.isNaN(now)) throw new Error('write `clock 2026-02-03T15:00:00Z` or `clock +15m`')
  world.clock = { now: () => now } satisfies Clock
}

/** Without a pattern: anything at all. `-count=N` wants exactly N matches. */
function expectMatch(what: string, actual: string, args: readonly Word[], { fails }: Wanted): void {
  const count = /^-count=(\d+)$/.exec(args[0]?.text ?? '')?.[1]
  const pattern = args[count === undefined ? 0 : 1]?.pattern ?? '[\\s\\S]'
  const found = [...actual.matchAll(new RegExp(pattern, 'gm'))].length
  if (count !== undefined && found !== Number(count))
    throw new Error(`${what} has ${found} matches, not ${count}`)
  if (count === undefined && found > 0 === fails)
    throw new Error(fails ? `${what} has a match` : `${what} has no match`)
}

/** The right one is the golden file. */
function expectSame(world: World, left: Word | undefined, right: Word | undefined, { fails }: Wanted): void {
  const [actual, golden] = [readIn(world, left), readIn(world, right)]
  if ((actual === golden) !== fails) return
  if (fails) throw new Error('they are the same')
  if (world.stage.golden !== 'renewed') throw new Error(`they differ:\n--- \n${actual}\n+++ \n${golden}`)
  world.renewed.set(right?.text ?? '', actual)
}

function expectExists(world: World, paths: readonly string[], { fails }: Wanted): void {
  const wrong = paths.find((path) => existsSync(inWorld(world, path)) === fails)
  if (wrong !== undefined) throw new Error(fails ? `${wrong} exists` : `${wrong} does not exist`)
}

function capture(world: World, name: string, pattern: Word | undefined): void {
  const expression = new RegExp(pattern?.pattern ?? '', 'm')
  const found = expression.exec(world.last.stdout) ?? expression.exec(world.last.stderr)
  if (found === null) throw new Error('neither stdout nor stderr has a match')
  world.variables.set(name, found[1] ?? found[0])
}

function setVariables(world: World, assignments: readonly string[]): void {
  for (const assignment of assignments) {
    const at = assignment.indexOf('=')
    if (at === -1) world.variables.delete(assignment)
    else world.variables.set(assignment.slice(0, at), assignment.slice(at + 1))
  }
}

/** A file of the story, or what was printed: `stdout`, `stderr`. */
function readIn(world: World, file: Pick<Word, 'text'> | undefined): string {
  const name = file?.text ?? ''
  if (name === 'stdout' || name === 'stderr' || name === 'terminal') return world.last[name]
  if (name === '') throw new Error('which file?')
  return readFileSync(inWorld(world, name), 'utf8')
}

const messageOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown))

function printed({ status, stdout, stderr }: Ended): string {
  const block = (name: string, text: string) => (text === '' ? '' : `\n[${name}]\n${text.trimEnd()}`)
  return `\n[last status ${status}]${block('stdout', stdout)}${block('stderr', stderr)}`
}
