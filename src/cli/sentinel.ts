// The program's first file: it loads the others, and keeps what V8 made of them beside them, as Python does with
// `__pycache__`. To read and compile the program is most of what a short run costs
// (docs/decisions/0011-compiled-code-is-kept.md). Not bundled with the rest, so it imports of Node only.

import {
  chmodSync,
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { sep } from 'node:path'
import { Script } from 'node:vm'

declare const SENTINEL_VERSION: string

/** A file whose code shall be kept when the process ends, and in how many runs it was kept before. */
type Compiled = { readonly script: Script; readonly place: string; readonly runs: number }

/** A run adds the functions that none before it called; after so many there is little to add. */
const runsThatAdd = 5
/** Other programs, versions of Node and flags leave theirs: so many files stay. */
const maxFiles = 60
/** Memory that was never used is dear: each page of it is a fault. */
const scratch = Buffer.allocUnsafeSlow(1 << 19)
const folder = `${__dirname}${sep}compiled`
const toKeep: Compiled[] = []
// V8 takes no code that it made under other flags. To ask it for a name of them costs 2 ms, so any flag counts.
const flags = nameOf([...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' '))

/**
 * What serves others outlives its files: an update moves them away under it. So whoever loads one of these has the whole
 * program in memory from then on, and what is loaded at the first refusal is of the same build. To read it all takes as
 * long as a few requests.
 */
const serving = /^(?:run-server|serve)-/
type Whole = { readonly bytes: Buffer; readonly ctimeMs: number }
const held = new Map<string, Whole>()

/** Loads a file of the program, once. Like Node, it puts it into the list of loaded modules before it runs it. */
function load(name: string): unknown {
  const path = `${__dirname}${sep}${name}`
  const known = require.cache[path]
  if (known !== undefined) return known.exports
  if (serving.test(name)) hold()
  const module = { exports: {} }
  require.cache[path] = module as NodeJS.Module
  try {
    compile(name, path).runInThisContext()(module.exports, requireBeside, module)
  } catch (thrown) {
    // Half of a module is none: it is tried again.
    delete require.cache[path]
    throw thrown
  }
  return module.exports
}

// INVARIANT: from here on no file of the program is read from the disk.
function hold(): void {
  for (const name of readdirSync(__dirname)) {
    if (!name.endsWith('.cjs')) continue
    const { bytes, ctimeMs } = readWhole(`${__dirname}${sep}${name}`)
    held.set(name, { bytes: Buffer.from(bytes), ctimeMs })
  }
}

const requireBeside = (name: string): unknown => (name.startsWith('./') ? load(name.slice(2)) : require(name))

function compile(name: string, path: string): Script {
  const { bytes, ctimeMs } = held.get(name) ?? readWhole(path)
  const text = bytes.toString('utf8')
  // The time of the last change to the file by whatever means: that of writing can be set back.
  const made = [
    name,
    SENTINEL_VERSION,
    process.version,
    process.arch,
    flags,
    bytes.length,
    Math.trunc(ctimeMs),
  ]
  const place = `${folder}${sep}${made.join('-')}`
  const kept = readKept(place)
  const script = new Script(text, { filename: path, cachedData: kept?.code })
  const runs = kept === undefined || script.cachedDataRejected === true ? 0 : kept.runs
  if (runs < runsThatAdd) toKeep.push({ script, place, runs })
  return script
}

// INVARIANT: V8 believes what it is given, so a file is used only if it holds the same twice: a disk that lost a bit
// must not change what the program does. A native comparison costs a hundredth of a checksum.
function readKept(place: string): { readonly code: Buffer; readonly runs: number } | undefined {
  try {
    const { bytes } = readWhole(place)
    const half = bytes.length / 2
    const copy = bytes.subarray(0, half)
    if (half < 1 || !copy.equals(bytes.subarray(half))) return undefined
    return { runs: copy[half - 1] ?? 0, code: copy.subarray(0, half - 1) }
  } catch {
    return undefined
  }
}

/**
 * All of a file, until the next one is read. By the calls that the program makes too: the first call of each of Node's
 * functions is the dear one.
 */
function readWhole(path: string): Whole {
  const file = openSync(path, 'r')
  try {
    const { size, ctimeMs } = fstatSync(file)
    const bytes = size <= scratch.length ? scratch : Buffer.allocUnsafeSlow(size)
    let done = 0
    for (let count = -1; count !== 0 && done < size; done += count) {
      count = readSync(file, bytes, done, size - done, null)
    }
    return { bytes: bytes.subarray(0, done), ctimeMs }
  } finally {
    closeSync(file)
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
    if (pid !== undefined && !isAlive(Number(pid))) unlinkSync(`${folder}${sep}${name}`)
  }
  if (names.length <= maxFiles) return
  const whole = names.filter((name) => !name.endsWith('.tmp'))
  const aged = whole.map((name) => ({ name, at: statSync(`${folder}${sep}${name}`).mtimeMs }))
  const oldest = aged.sort((one, other) => other.at - one.at).slice(maxFiles)
  for (const { name } of oldest) unlinkSync(`${folder}${sep}${name}`)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const isServer = process.argv[2] === 'server'
// An audit device whose file system hangs holds one of the threads that read and write files; Node has four. Twice as many
// as there may be devices (audit/devices/devices.ts) leave enough for the healthy ones and for the storage.
if (isServer) process.env.UV_THREADPOOL_SIZE ??= '16'
process.on('exit', keepAll)
process.on('exit', () => {
  // Node waits for its threads: one that hangs in a file system would keep a server that has ended from going.
  if (isServer && process.getActiveResourcesInfo().includes('FSReqPromise'))
    process.kill(process.pid, 'SIGKILL')
})
load('run.cjs')
