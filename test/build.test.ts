import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { mostDevices } from '../src/audit/devices/devices.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const built = new Map(Object.entries(inject('built')))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
const folder = mkdtempSync(join(tmpdir(), 'sentinel-build-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A hot command loads two files, the entry and its program's. Loading more, or larger ones, is felt at each call. */
const hotPrograms = readdirSync(join(root, 'src', 'cli', 'hot')).map((name) => name.replace('.ts', '.cjs'))

describe('the built program', () => {
  const ours = (file: string) => built.get(file)?.needs.filter((name) => built.has(name) && name !== file)
  const nodes = (file: string) => built.get(file)?.needs.filter((name) => !built.has(name))

  it('starts from one file that loads no other', () => {
    expect(built.get('run.cjs')?.inputs).toContain('src/cli/main.ts')
    expect(ours('run.cjs')).toEqual([])
  })

  it('has hot programs of one file each, which load the entry only', () => {
    expect(hotPrograms).toContain('gateway.cjs')
    for (const file of hotPrograms) expect(new Set(ours(file))).toEqual(new Set(['run.cjs']))
  })

  it('has nothing heavy in these files', () => {
    for (const file of ['run.cjs', ...hotPrograms]) {
      expect(built.get(file)?.inputs.filter((path) => path.includes('node_modules/'))).toEqual([])
    }
  })

  it('leaves out of the gateway what an answer from the cache does not need', () => {
    const inputs = ['run.cjs', 'gateway.cjs'].flatMap((file) => built.get(file)?.inputs ?? [])
    expect(inputs).toEqual(expect.arrayContaining(['src/gateway/pass.ts', 'src/credentials/plan.ts']))
    for (const [what, sources] of [
      ['the reader of config files and the planner', ['ini.ts', 'config.ts', 'planner.ts', 'sources.ts']],
      ['issuing', ['issue.ts', 'base.ts', 'process.ts', 'sso.ts', 'single-flight.ts', 'ask-sts.ts']],
      ['what failures and refusals say', ['errors.ts', 'report.ts', 'refusal.ts', 'draw.ts', 'closest.ts']],
      ['all that can say no', ['override.ts', 'alternatives.ts', 'refused.ts']],
      ['the answers of tables', ['approval.ts', 'breakglass.ts', 'answers/session.ts', 'dynamodb.ts']],
      ['the compiler of policies', ['policy-text.ts', 'load.ts', 'yaml.ts']],
      ['children, terminals and the framework', ['child.ts', 'terminal.ts', 'framework.ts']],
      [
        'the mending of logs, and their moving',
        ['mend.ts', 'reconcile.ts', 'lines.ts', 'standing.ts', 'rotate.ts'],
      ],
      ['the keyring', ['keyring.ts', 'keys-elsewhere.ts']],
      ['administration', ['administration.ts', 'bootstrap.ts', 'trust-policy.ts']],
    ] as const) {
      const found = inputs.filter((path) => sources.some((name) => path.endsWith(`/${name}`)))
      expect(found, what).toEqual([])
    }
  })

  // V8 reads every byte of a file at each start, 1 kB in about a five-hundredth of what `node -e 0` takes.
  for (const [file, limit] of [
    ['run.cjs', 22_000],
    ['gateway.cjs', 48_000],
  ] as const) {
    it(`keeps ${file} below ${limit} bytes`, () =>
      expect(statSync(join(dist, file)).size).toBeLessThan(limit))
  }

  it('loads of Node at its start only what Node has loaded already, and the gateway what its cache needs', () => {
    const light = ['node:buffer', 'node:fs', 'node:path']
    for (const file of ['run.cjs', ...hotPrograms]) {
      const allowed = file === 'gateway.cjs' ? [...light, 'node:crypto'] : light
      expect(nodes(file)?.filter((name) => !allowed.includes(name))).toEqual([])
    }
  })

  it('loads what few policies need only with them: regular expressions, imports, the code generator', () => {
    const fileOf = (source: string) => [...built].find(([, { inputs }]) => inputs.includes(source))?.[0]
    for (const source of ['src/lang/imports/decimal.ts', 'src/lang/generate/evaluate.ts']) {
      expect([undefined, 'apply.cjs', 'run.cjs']).not.toContain(fileOf(source))
    }
    writeFileSync(
      join(folder, 'p.sentinel'),
      'import "decimal"\nmain = decimal.new("1").is(1) and "ab" matches "^a"',
    )
    const hook = join(folder, 'loaded.cjs')
    writeFileSync(hook, 'process.on("exit", () => console.error(Object.keys(require.cache).join("\\n")))')
    const run = spawnSync(
      process.execPath,
      ['--require', hook, join(dist, 'sentinel.cjs'), 'apply', 'p.sentinel'],
      { cwd: folder, encoding: 'utf8', timeout: 20_000, env: { PATH: process.env.PATH } },
    )
    expect(run.stdout).toBe('Pass - p.sentinel\n')
    const loaded = run.stderr.split('\n').map((path) => path.split(/[\\/]/).at(-1))
    expect(loaded).toContain(fileOf('src/lang/imports/decimal.ts'))
    expect(loaded).not.toContain(fileOf('src/lang/imports/json.ts'))
    expect(loaded).not.toContain(fileOf('src/lang/imports/time.ts'))
    expect(loaded).not.toContain(fileOf('src/lang/generate/evaluate.ts'))
  })

  it('needs nothing but Node and itself, but for what is native', () => {
    const known = new Set([
      ...built.keys(),
      ...builtinModules,
      ...builtinModules.map((name) => `node:${name}`),
    ])
    const foreign = [...built].flatMap(([, { needs }]) => needs.filter((name) => !known.has(name)))
    expect(foreign).toEqual(['@napi-rs/keyring'])
    const pack = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies?: unknown
      optionalDependencies?: object
    }
    expect(pack.dependencies).toBeUndefined()
    expect(Object.keys(pack.optionalDependencies ?? {})).toEqual(['@napi-rs/keyring', 'lmdb'])
  })

  it('has every module once', () => {
    const sources = [...built].flatMap(([, { inputs }]) => inputs)
    expect(sources.length).toBe(new Set(sources).size)
  })

  it('is CommonJS with a shebang, executable, without source maps, with the licences of what is in it', () => {
    const entry = join(dist, 'sentinel.cjs')
    expect(readFileSync(entry, 'utf8').slice(0, 34)).toBe('#!/usr/bin/env node\n"use strict";\n')
    expect(statSync(entry).mode & 0o111).toBe(0o111)
    expect(readdirSync(dist).filter((name) => name.endsWith('.map'))).toEqual([])
    const licences = readFileSync(join(dist, 'THIRD_PARTY_LICENSES.txt'), 'utf8')
    for (const [, { inputs }] of built) {
      for (const path of inputs) {
        const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(path)?.[1]
        if (name !== undefined) expect(licences).toContain(`\n${name} `)
      }
    }
  })
})

it('the packed tarball has only what a user needs, and runs without an install', () => {
  const npm = (...args: string[]) =>
    execFileSync('npm', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const packed = JSON.parse(npm('pack', '--json', '--ignore-scripts', '--dry-run')) as [
    { files: { path: string }[] },
  ]
  const tops = new Set(packed[0].files.map(({ path }) => path.split('/')[0]))
  expect(
    [...tops].filter(
      (top) => !['dist', 'schema', 'docs', 'README.md', 'LICENSE', 'package.json'].includes(top ?? ''),
    ),
  ).toEqual([])
  expect(packed[0].files.filter(({ path }) => path.startsWith('dist/compiled'))).toEqual([])
  // Not unpacked: there may be no tar.
  for (const { path } of packed[0].files) cpSync(join(root, path), join(folder, 'package', path))
  const run = spawnSync(join(folder, 'package', 'dist', 'sentinel.cjs'), ['--version'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
    timeout: 20_000,
  })
  expect([run.status, run.stdout, run.stderr]).toEqual([0, `sentinel ${version}\n`, ''])
})

it('loses only the store of this machine where native parts are not installed', () => {
  const home = join(folder, 'home')
  cpSync(dist, join(folder, 'bare'), { recursive: true })
  mkdirSync(join(home, '.aws'), { recursive: true })
  writeFileSync(join(home, '.aws', 'config'), '[default]\nregion = us-east-1\n')
  const keys = {
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  }
  const list = (entry: string) =>
    spawnSync(process.execPath, [entry, 'list', '--status', 'pending', '--request-table', 'local'], {
      encoding: 'utf8',
      timeout: 20_000,
      env: { PATH: process.env.PATH, HOME: home, ...keys },
    })
  const bare = list(join(folder, 'bare', 'sentinel.cjs'))
  expect([bare.status, bare.stderr.split('\n')[0]]).toEqual([
    1,
    'sentinel: error: the local store does not run here: lmdb cannot be loaded [STORE_UNAVAILABLE]',
  ])
  const whole = list(join(dist, 'sentinel.cjs'))
  expect([whole.status, whole.stdout]).toEqual([0, 'There are no such requests.\n\n(this machine only)\n'])
})

describe('the process around the program', () => {
  const run = (line: string) =>
    spawnSync('sh', ['-c', line], {
      encoding: 'utf8',
      timeout: 20_000,
      env: { PATH: process.env.PATH, ENTRY: join(dist, 'sentinel.cjs'), NODE: process.execPath },
    })

  it('has the exit status of the command', () => {
    expect(run('"$NODE" "$ENTRY" nonsense').status).toBe(1)
    expect(run('"$NODE" "$ENTRY" --help').status).toBe(0)
  })

  it('runs through a symbolic link, as npm installs it', () => {
    symlinkSync(join(dist, 'sentinel.cjs'), join(folder, 'sentinel'))
    expect(run(`${folder}/sentinel help version`).stdout).toContain('Usage: sentinel version')
  })

  it.skipIf(process.platform !== 'linux')('says so when its output cannot be written', () => {
    const { status, stderr } = run('"$NODE" "$ENTRY" --help > /dev/full')
    expect([status, stderr]).toEqual([
      1,
      'sentinel: error: the output cannot be written: ENOSPC [FILE_UNWRITABLE]\n',
    ])
  })

  it.skipIf(process.platform !== 'linux')('gives a server two threads for each audit device', async () => {
    const argv = ['server', '-dev', '-dev-listen-address=127.0.0.1:0', '-dev-root-token-id=root']
    const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: folder }
    const child = spawn(process.execPath, [join(dist, 'sentinel.cjs'), ...argv], { env, stdio: 'pipe' })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [said] = await once(child.stdout, 'data')
    const [, url = ''] = /listens at (\S+),/.exec(String(said)) ?? []
    const answer = await fetch(`${url}/v1/sys/audit/file`, {
      method: 'PUT',
      headers: { 'X-Vault-Token': 'root' },
      body: JSON.stringify({ type: 'file', options: { file_path: join(folder, 'audit.log') } }),
    })
    expect(answer.status).toBe(204)
    const tasks = readdirSync(`/proc/${child.pid}/task`)
    const names = tasks.map((task) => readFileSync(`/proc/${child.pid}/task/${task}/comm`, 'utf8').trim())
    expect(tasks.length, names.join(' ')).toBeGreaterThan(2 * mostDevices + 4)
  })

  it('says nothing when its reader goes away, and does not claim success', () => {
    const { stdout, stderr } = run('{ "$NODE" "$ENTRY" --help; echo "status $?" >&2; } | true')
    expect([stdout, stderr]).toEqual(['', 'status 1\n'])
  })
})
