// The program's first file: it loads the others, and keeps what V8 made of them beside them, as Python does with
// `__pycache__`. To read and compile the program is most of what a short run costs
// (docs/decisions/0011-compiled-code-is-kept.md). Not bundled with the rest, so it imports of Node only.

import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { Script } from 'node:vm'

declare const SENTINEL_VERSION: string

/** A file whose code shall be kept when the process ends, and in how many runs it was kept before. */
type Compiled = { readonly script: Script; readonly place: string; readonly runs: number }

/** A run adds the functions that none before it called; after so many there is little to add. */
const runsThatAdd = 5
/** Other programs, versions of Node and flags leave theirs: so many files stay. */
const maxFiles = 60
const folder = join(__dirname, 'compiled')
const toKeep: Compiled[] = []
// V8 takes no code that it made under other flags. To ask it for a name of them costs 2 ms, so any flag counts.
const flags = nameOf([...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' '))

/** Loads a file of the program, once. Like Node, it puts it into the list of loaded modules before it runs it. */
function load(name: string): unknown {
  const path = join(__dirname, name)
  const known = require.cache[path]
  if (known !== undefined) return known.exports
  const module = { exports: {} }
  require.cache[path] = module as NodeJS.Module
  compile(name, path).runInThisContext()(module.exports, requireBeside, module)
  return module.exports
}

const requireBeside = (name: string): unknown => (name.startsWith('./') ? load(name.slice(2)) : require(name))

function compile(name: string, path: string): Script {
  // The time of the last change to the file by whatever means: that of writing can be set back.
  const { size, ctimeMs } = statSync(path)
  const made = [name, SENTINEL_VERSION, process.version, process.arch, flags, size, Math.trunc(ctimeMs)]
  const place = join(folder, made.join('-'))
  const kept = readKept(place)
  const script = new Script(`(function(exports,require,module){${readFileSync(path, 'utf8')}\n})`, {
    filename: path,
    cachedData: kept?.code,
  })
  const runs = kept === undefined || script.cachedDataRejected === true ? 0 : kept.runs
  if (runs < runsThatAdd) toKeep.push({ script, place, runs })
  return script
}

// INVARIANT: V8 believes what it is given, so a file is used only if it holds the same twice: a disk that lost a bit
// must not change what the program does. A native comparison costs a hundredth of a checksum.
function readKept(place: string): { readonly code: Buffer; readonly runs: number } | undefined {
  try {
    const twice = readFileSync(place)
    const half = twice.length / 2
    const copy = twice.subarray(0, half)
    if (half < 1 || !copy.equals(twice.subarray(half))) return undefined
    return { runs: copy[half - 1] ?? 0, code: copy.subarray(0, half - 1) }
  } catch {
    return undefined
  }
}

/** FNV-1a: short, and needs nothing to be loaded. */
function nameOf(text: string): string {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return (hash >>> 0).toString(36)
}

/** Where the program's folder is not this person's to write to, nothing is kept. */
function keepAll(): void {
  if (toKeep.length === 0) return
  try {
    // Whoever may run the program may read this, whatever the umask of the first who does.
    if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, 0o755)
    for (const compiled of toKeep) keep(compiled)
    tidy()
  } catch {
    // The next run compiles again.
  }
}

function keep({ script, place, runs }: Compiled): void {
  const temporary = `${place}.${process.pid}.tmp`
  const file = openSync(temporary, 'w', 0o644)
  try {
    fchmodSync(file, 0o644)
    const copy = Buffer.concat([script.createCachedData(), Buffer.of(runs + 1)])
    writeSync(file, Buffer.concat([copy, copy]))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, place)
}

/** Removes what runs left that were killed as they wrote, and the oldest files where there are too many. */
function tidy(): void {
  const names = readdirSync(folder)
  for (const name of names) {
    const [, pid] = /\.(\d+)\.tmp$/.exec(name) ?? []
    if (pid !== undefined && !isAlive(Number(pid))) unlinkSync(join(folder, name))
  }
  if (names.length <= maxFiles) return
  const whole = names.filter((name) => !name.endsWith('.tmp'))
  const aged = whole.map((name) => ({ name, at: statSync(join(folder, name)).mtimeMs }))
  const oldest = aged.sort((one, other) => other.at - one.at).slice(maxFiles)
  for (const { name } of oldest) unlinkSync(join(folder, name))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}

process.on('exit', keepAll)
load('run.cjs')
