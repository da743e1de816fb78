// Hostile programs through the built library with the limits of `sentinel apply`, each in a process of its own:
// an error with its place within 5 seconds and 300 MiB of the whole process. And the largest sources that are read,
// through the commands of the language.

import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { denseSources } from '../src/lang/dense.fake.ts'
import { hostilePrograms } from '../src/lang/hostile.fake.ts'
import { hostileHosts } from '../src/lang/hostile-hosts.fake.ts'
import { sweeps } from '../src/lang/sweep.fake.ts'
import { makePipe, noPipes } from '../src/machine/pipe.fake.ts'
import { hostileProjects } from '../src/project/hostile.fake.ts'

const isWhole = process.env.HOSTILE === 'all'
/** In \`npm run hostile\` a child is killed after so long; on a busy machine give it more: HOSTILE_SECONDS=20. */
const killAfterMs = isWhole ? Number(process.env.HOSTILE_SECONDS ?? 5) * 1000 : 60_000

const folder = mkdtempSync(join(tmpdir(), 'sentinel-hostile-'))
afterAll(() => rmSync(folder, { recursive: true }))

const library = join(import.meta.dirname, '..', 'dist', 'lang', 'index.cjs')
const script = join(folder, 'child.cjs')
writeFileSync(
  script,
  `const { readFileSync } = require('node:fs')
// The peak that Node tells is also that of the process which started this one, up to its exec.
const peakKib = () => {
  try {
    return Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
  } catch {
    return process.resourceUsage().maxRSS
  }
}
const { evaluate } = require(${JSON.stringify(library)})
const text = readFileSync(process.argv[2], 'utf8')
const start = performance.now()
const { status, error } = evaluate(text, { limits: { clock: performance } })
const seconds = (performance.now() - start) / 1000
const mebibytes = peakKib() / 1024
console.log(JSON.stringify({ status, where: [error?.file, error?.line, error?.column], message: error?.message, seconds, mebibytes }))
`,
)

type Outcome = {
  readonly status: string
  readonly where: readonly [string, number, number]
  readonly message: string
  readonly seconds: number
  readonly mebibytes: number
}

async function outcomeOf(text: string, name: string): Promise<Outcome> {
  const file = join(folder, `${name.replaceAll(/\W/g, '-')}.sentinel`)
  writeFileSync(file, text)
  const { stdout } = await promisify(execFile)(process.execPath, [script, file], {
    timeout: killAfterMs,
    killSignal: 'SIGKILL',
  })
  return JSON.parse(stdout) as Outcome
}

// The hungriest; in the unit test all of them run, with smaller limits. `npm run hostile` takes all.
const hungriest = [
  'two million characters that are none',
  'a million rules, each of the one before',
  'endless appends',
  'endless maps',
  'a call inside of three hundred lists',
  'replace at each character',
  'a filter that keeps everything',
  'json.unmarshal of maps',
  'json.marshal',
  'endless regular expressions',
  'what is shared, as the result',
]
const chosen = hostilePrograms.filter(({ name }) => isWhole || hungriest.includes(name))

describe('hostile programs in a process', () => {
  it('are all there', () => expect(chosen.length).toBeGreaterThanOrEqual(hungriest.length))

  for (const { name, text } of chosen) {
    it(name, async () => {
      const { status, where, message, mebibytes } = await outcomeOf(text(), name)
      expect(status).toMatch(/^(?:error|invalid)$/)
      expect(message).not.toBe('')
      expect(where).toEqual(['policy.sentinel', expect.any(Number), expect.any(Number)])
      expect(mebibytes).toBeLessThan(300)
    })
  }
})

/** A process by itself begins with less than 60 MiB. */
const [mostMore, mostSeconds] = [240, 5]

// What hosts and imports give, which lies there before the policy begins: what it takes more, walked and generated.
const hostScript = join(folder, 'host.cjs')
writeFileSync(
  hostScript,
  `const { readFileSync, writeFileSync } = require('node:fs')
const mebibytes = (name) => Number(new RegExp(name + ':\\\\s+(\\\\d+)').exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024
const { compile } = require(${JSON.stringify(library)})
const { text, inputs, times } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const given = eval('(' + inputs + ')')(1_000_000)
gc()
writeFileSync('/proc/self/clear_refs', '5')
const before = mebibytes('VmRSS')
const policy = compile(text)
const results = Array.from({ length: times }, () => {
  const { user, system } = process.cpuUsage()
  const { status, error } = policy.evaluate({ ...given, limits: { clock: performance } })
  const after = process.cpuUsage()
  return { told: error?.message ?? status, seconds: (after.user + after.system - user - system) / 1e6 }
})
console.log(JSON.stringify({ results, more: mebibytes('VmHWM') - before, all: mebibytes('VmHWM') }))
`,
)

type HostOutcome = {
  readonly results: readonly { readonly told: string; readonly seconds: number }[]
  readonly more: number
}

// Those that come to the end, so that the last evaluations run generated code.
const repeated: readonly string[] = [
  'objects, of which a field is read',
  'six hundred rules of one long text',
]

const onHosts = isWhole ? describe.runIf(existsSync('/proc/self/clear_refs')) : undefined
onHosts?.('hostile data in a process', () => {
  for (const { name, text, inputs, want } of hostileHosts) {
    for (const times of repeated.includes(name) ? [1, 12] : [1]) {
      it(`${name}, ${times === 1 ? 'once' : 'again and again'}`, { timeout: 120_000 }, () => {
        const file = join(folder, `host-${name.replaceAll(/\W/g, '-')}.json`)
        writeFileSync(file, JSON.stringify({ text, inputs: String(inputs), times }))
        const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', hostScript, file], {
          encoding: 'utf8',
        })
        expect(stderr).toBe('')
        const { results, more } = JSON.parse(stdout) as HostOutcome
        for (const { told, seconds } of results) {
          expect(told).toMatch(want)
          expect(seconds).toBeLessThan(mostSeconds)
        }
        expect(new Set(results.map(({ told }) => told)).size).toBe(1)
        // Of what earlier evaluations left behind the engine of JavaScript collects as much as it likes.
        if (times === 1) expect(more).toBeLessThan(mostMore)
      })
    }
  }
})

// One after the other in one process, each from an empty heap on: what it took more.
const sweeper = join(folder, 'sweep.cjs')
writeFileSync(
  sweeper,
  `const { readFileSync, writeFileSync } = require('node:fs')
const { evaluate } = require(${JSON.stringify(library)})
const mebibytes = (name) => Number(new RegExp(name + ':\\\\s+(\\\\d+)').exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024
const programs = JSON.parse(readFileSync(process.argv[2], 'utf8'))
for (const text of programs) {
  gc()
  writeFileSync('/proc/self/clear_refs', '5')
  const before = mebibytes('VmRSS')
  const { status, error } = evaluate(text, { limits: { clock: performance }, http: true })
  const { user, system } = process.cpuUsage()
  const more = mebibytes('VmHWM') - before
  console.log(JSON.stringify({ text, status, message: error?.message, more, seconds: (user + system) / 1e6 }))
}
`,
)

type Swept = {
  readonly text: string
  readonly status: string
  readonly message?: string
  readonly more: number
  /** Of the processor, since the process began. */
  readonly seconds: number
}

function sweptBy(programs: readonly string[], name: string): readonly Swept[] {
  const file = join(folder, `${name.replaceAll(/\W/g, '-')}.json`)
  writeFileSync(file, JSON.stringify(programs))
  const { stdout } = spawnSync(process.execPath, ['--expose-gc', sweeper, file], { encoding: 'utf8' })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Swept)
}

/** Of each function and operator one program of so many: HOSTILE_SWEEP=1 takes all of them, for an hour. */
const sweepEvery = Number(process.env.HOSTILE_SWEEP ?? 8)

// In `npm test` they are not even skipped, since CI allows no skip.
const sweep = isWhole ? describe.runIf(existsSync('/proc/self/clear_refs')) : undefined
sweep?.('whatever there is, with the worst values', () => {
  for (const [at, { name, programs }] of sweeps.entries()) {
    it(name, { timeout: 3_600_000 }, () => {
      const chosen = programs.filter((_, index) => (index + at) % sweepEvery === 0)
      const swept = chosen.length === 0 ? [] : sweptBy(chosen, name)
      expect(swept.length).toBe(chosen.length)
      const bad = swept.filter(({ status, message = '', more, seconds }, index) => {
        const isTyped = ['pass', 'fail', 'undefined', 'error', 'invalid', 'need'].includes(status)
        const took = seconds - (swept[index - 1]?.seconds ?? 0)
        return !isTyped || message.startsWith('what the host gave') || more > mostMore || took > mostSeconds
      })
      expect(bad).toEqual([])
    })
  }
})

const program = join(import.meta.dirname, '..', 'dist', 'sentinel.cjs')
const watch = join(folder, 'watch.cjs')
writeFileSync(
  watch,
  `const { readFileSync, writeSync } = require('node:fs')
// Threads of the process load this, too; what it takes is told once for all of them.
if (require('node:worker_threads').isMainThread) process.on('exit', () => {
  let kib = process.resourceUsage().maxRSS
  try {
    kib = Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
  } catch {}
  writeSync(3, String(kib / 1024))
})
`,
)

function commandOn(args: readonly string[], cwd = folder) {
  const { status, signal, output } = spawnSync(process.execPath, ['-r', watch, program, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    maxBuffer: 256 * 1024 * 1024,
    encoding: 'utf8',
    timeout: killAfterMs,
    killSignal: 'SIGKILL',
  })
  expect(signal).toBe(null)
  const [, stdout = '', stderr = '', mebibytes = ''] = output
  return { status, said: `${stdout ?? ''}${stderr ?? ''}`, mebibytes: Number(mebibytes) }
}

const commands = [
  ['apply'],
  ['fmt', '-check'],
  ['fmt', '-write=false'],
  ['lint'],
  ['test'],
  ['apply', '-json', '-trace'],
  ['lint', '-json'],
] as const

// The hungriest, and of what. `npm run hostile` takes all sources through all commands.
const densest: ReadonlyMap<string, readonly string[]> = new Map([
  ['when', ['lint']],
  ['nested lists', ['apply']],
  ['comments block', ['fmt -check']],
  ['fmt column', ['fmt -check']],
  ['lint variables', ['lint']],
  ['string long distinct', ['fmt -check', 'test']],
])
const chosenSources = denseSources.flatMap(({ name, text }) => {
  const of = commands.filter((command) => isWhole || densest.get(name)?.includes(command.join(' ')) === true)
  return of.map((command) => ({ name, text, command }))
})

describe('the largest source of a kind', () => {
  it('is among those that are there', () =>
    expect(chosenSources.length).toBeGreaterThanOrEqual([...densest.values()].flat().length))

  for (const { name, text, command } of chosenSources) {
    it(`${name}: sentinel ${command.join(' ')}`, () => {
      const file = `dense-${name.replaceAll(/\W/g, '-')}.sentinel`
      writeFileSync(join(folder, file), text())
      const cases = join(folder, 'test', file.slice(0, -'.sentinel'.length))
      mkdirSync(cases, { recursive: true })
      writeFileSync(join(cases, 'case.hcl'), '')
      const { status, said, mebibytes } = commandOn([...command, file])
      expect([0, 1, 3, 9]).toContain(status)
      expect(said).not.toMatch(/\n\s+at /)
      if (status === 3 || status === 9) expect(said).toMatch(/\.sentinel:\d+:\d+: error: /)
      expect(mebibytes).toBeLessThan(300)
    })
  }
})

// The hungriest of each kind.
const hungriestProjects = [
  'stray lines',
  'policies that take all there is',
  'static imports of large texts',
  'a rule that gives a long text and was expected to give else',
  'values in four threads',
]
const chosenProjects = hostileProjects.filter(({ name }) => isWhole || hungriestProjects.includes(name))

describe('hostile configurations, cases, mocks and data', () => {
  it('are all there', () => expect(chosenProjects.length).toBeGreaterThanOrEqual(hungriestProjects.length))

  for (const { name, args, files, want } of chosenProjects) {
    it(`${name}: sentinel ${args.join(' ')}`, () => {
      const home = mkdtempSync(join(folder, 'project-'))
      for (const [path, text] of Object.entries(files())) {
        mkdirSync(dirname(join(home, path)), { recursive: true })
        writeFileSync(join(home, path), text)
      }
      const { said, mebibytes } = commandOn(args, home)
      rmSync(home, { recursive: true })
      expect(said).toMatch(want)
      expect(said).not.toMatch(/\n\s+at /)
      expect(mebibytes).toBeLessThan(300)
    })
  }
})

// What `npm test` has no time for: each waits for a pipe, or makes thousands of files.
const apart = isWhole ? describe : undefined
apart?.('what is no file, and many files', () => {
  const inFolder = (fill: (home: string) => void, args: string) => {
    const home = mkdtempSync(join(folder, 'apart-'))
    fill(home)
    const outcome = commandOn(args.split(' '), home)
    rmSync(home, { recursive: true })
    expect(outcome.said).not.toMatch(/\n\s+at |INTERNAL/)
    expect(outcome.mebibytes).toBeLessThan(300)
    return outcome
  }
  const many = (count: number, name: (at: number) => string, text: string) => (home: string) => {
    for (let at = 0; at < count; at++) {
      mkdirSync(dirname(join(home, name(at))), { recursive: true })
      writeFileSync(join(home, name(at)), text)
    }
  }
  const policy = 'main = rule { true }\n'

  for (const args of [
    'fmt -check p.sentinel',
    'lint p.sentinel',
    'apply p.sentinel',
    'test p.sentinel',
  ] as const) {
    it.skipIf(noPipes)(`a pipe that nobody writes to: sentinel ${args} [needs mkfifo]`, () => {
      const pipe = (home: string) => void makePipe(join(home, 'p.sentinel'))
      expect(inFolder(pipe, args).said).toMatch(/`?p\.sentinel`: it is a pipe out of which nothing came/)
    })
    it(`zeros without end: sentinel ${args}`, () => {
      const zeros = (home: string) => symlinkSync('/dev/zero', join(home, 'p.sentinel'))
      expect(inFolder(zeros, args).said).toMatch(/p\.sentinel:1:1`: it is larger than 16 MiB/)
    })
    it(`a link to itself: sentinel ${args}`, () => {
      const loop = (home: string) => symlinkSync('p.sentinel', join(home, 'p.sentinel'))
      expect(inFolder(loop, args).said).toMatch(/too many symbolic links/)
    })
  }

  for (const [name, fill, args, want] of [
    [
      'large files',
      many(25, (at) => `p${at}.sentinel`, `#${'x'.repeat(15_000_000)}\n${policy}1\n`),
      'lint',
      /25 warnings/,
    ],
    [
      'large files',
      many(25, (at) => `p${at}.sentinel`, `#${'x'.repeat(15_000_000)}\n${policy}`),
      'fmt -check .',
      /^$/,
    ],
    [
      'files with a thousand warnings',
      many(1000, (at) => `p${at}.sentinel`, `${'1\n'.repeat(990)}${policy}`),
      'lint',
      /; 980000 of them not shown/,
    ],
    [
      'files with a thousand warnings',
      many(1000, (at) => `p${at}.sentinel`, `${'1\n'.repeat(990)}${policy}`),
      'lint -json',
      /"not_shown": 980000/,
    ],
    [
      'broken files',
      many(3000, (at) => `p${at}.sentinel`, 'x = = )\n'.repeat(60)),
      'fmt -check .',
      /3000 files cannot be formatted/,
    ],
    ['broken cases', many(3000, (at) => `test/p/${at}.hcl`, 'a = b\n'.repeat(100)), 'test', /./],
    ['empty cases', many(50_000, (at) => `test/p/${at}.hcl`, ''), 'test -json', /"test\/p\/49999\.hcl"/],
    [
      'empty cases, one too many',
      many(50_001, (at) => `test/p/${at}.hcl`, ''),
      'test',
      /there are more than 50000 cases/,
    ],
    ['small policies with cases', many(5000, (at) => `test/p${at}/a.hcl`, ''), 'test', /./],
  ] as const) {
    it(`many ${name}: sentinel ${args}`, () => {
      const all = (home: string) => {
        fill(home)
        if (args.startsWith('test')) writeFileSync(join(home, 'p.sentinel'), policy)
        if (name === 'small policies with cases') many(5000, (at) => `p${at}.sentinel`, policy)(home)
      }
      expect(inFolder(all, args).said).toMatch(want)
    })
  }
})
