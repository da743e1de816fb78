// What the program's first file keeps of the others, beside them, and when it uses that.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { example, startLocalAws } from '../dev/aws/index.ts'
import { systemClock } from '../src/base/index.ts'

const temporary = mkdtempSync(join(tmpdir(), 'sentinel-loader-'))
afterAll(() => rmSync(temporary, { recursive: true }))
let copies = 0

/** The built program in a folder of its own, in which nothing is kept yet. */
function ownProgram() {
  const dist = join(temporary, String(copies++))
  cpSync(join(import.meta.dirname, '..', 'dist'), dist, { recursive: true })
  rmSync(join(dist, 'compiled'), { recursive: true, force: true })
  const compiled = join(dist, 'compiled')
  return {
    dist,
    compiled,
    run: (flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => {
      const run = spawnSync(process.execPath, [...flags, join(dist, 'sentinel.cjs'), '--version'], {
        encoding: 'utf8',
        timeout: 20_000,
        env: { PATH: process.env.PATH, ...env },
      })
      expect([run.status, run.stderr]).toEqual([0, ''])
      return run.stdout
    },
    kept: () => readdirSync(compiled).map((name) => readFileSync(join(compiled, name))),
    names: () => readdirSync(compiled).sort(),
  }
}

/** Only what V8 accepts has a count above one: otherwise it is made anew. */
const runsOf = (twice: Buffer | undefined) => twice?.[twice.length / 2 - 1]

describe('compiled code', () => {
  it('is kept, used, and added to in the first five runs', () => {
    const { run, kept, names } = ownProgram()
    const counts = Array.from({ length: 7 }, () => {
      run()
      return runsOf(kept()[0])
    })
    expect(counts).toEqual([1, 2, 3, 4, 5, 5, 5])
    expect(names()).toEqual([expect.stringMatching(/^run\.cjs-.*-v\d+\.\d+\.\d+-/)])
  })

  it('is the same twice, and is made anew where the two differ', () => {
    const { run, compiled, kept, names } = ownProgram()
    run()
    run()
    const [sound = Buffer.of()] = kept()
    expect(sound.subarray(0, sound.length / 2).equals(sound.subarray(sound.length / 2))).toBe(true)
    const spoilt = Buffer.from(sound)
    const middle = Math.trunc(sound.length / 4)
    spoilt[middle] = (spoilt[middle] ?? 0) ^ 0x55
    for (const bad of [spoilt, sound.subarray(1), sound.subarray(0, 1000), Buffer.of(), Buffer.alloc(2)]) {
      writeFileSync(join(compiled, names()[0] ?? ''), bad)
      expect(run()).toMatch(/^sentinel \d/)
      expect(runsOf(kept()[0])).toBe(1)
    }
  })

  it('of another V8 is not used', () => {
    const { run, compiled, kept, names } = ownProgram()
    run()
    const foreign = Buffer.from('made by somebody else\u0002')
    writeFileSync(join(compiled, names()[0] ?? ''), Buffer.concat([foreign, foreign]))
    run()
    expect(runsOf(kept()[0])).toBe(1)
  })

  it('of a program that was changed is not used, though its length and time of writing be the same', () => {
    const { run, dist } = ownProgram()
    run()
    const path = join(dist, 'run.cjs')
    const text = readFileSync(path, 'utf8')
    const { mtimeMs } = statSync(path)
    writeFileSync(path, text.replaceAll('sentinel ${', 'Sentinel ${'))
    utimesSync(path, mtimeMs / 1000, mtimeMs / 1000)
    expect(run()).toMatch(/^Sentinel \d/)
  })

  it('is left out where its folder cannot be made', () => {
    const { run, compiled } = ownProgram()
    writeFileSync(compiled, 'a file')
    expect([run(), run()]).toEqual([expect.stringMatching(/^sentinel /), expect.stringMatching(/^sentinel /)])
    expect(readFileSync(compiled, 'utf8')).toBe('a file')
  })

  it('leaves nothing half written', () => {
    const { run, names } = ownProgram()
    run()
    run()
    expect(names()).toHaveLength(1)
  })

  it('is kept for each set of flags, which take turns without writing anew', () => {
    const { run, kept } = ownProgram()
    const flags = ['--max-old-space-size=300']
    const options = { NODE_OPTIONS: '--max-old-space-size=400' }
    for (let turn = 0; turn < 2; turn++) {
      run()
      run(flags)
      run([], options)
    }
    expect(kept().map(runsOf)).toEqual([2, 2, 2])
  })

  it('can be read by everybody who may run the program, whatever the umask was', () => {
    const { dist, compiled, names } = ownProgram()
    const script = 'umask 077; exec "$0" "$1" --version'
    const run = spawnSync('sh', ['-c', script, process.execPath, join(dist, 'sentinel.cjs')])
    expect(run.status).toBe(0)
    const modeOf = (path: string) => statSync(path).mode & 0o777
    expect([modeOf(compiled), modeOf(join(compiled, names()[0] ?? ''))]).toEqual([0o755, 0o644])
  })

  it('takes with it what a killed run left, but nothing of one that still writes', () => {
    const { run, compiled, names } = ownProgram()
    run()
    const [name = ''] = names()
    const dead = spawnSync(process.execPath, ['-e', '']).pid
    for (const pid of [dead, process.pid]) writeFileSync(join(compiled, `${name}.${pid}.tmp`), 'x')
    run()
    expect(names()).toEqual([name, `${name}.${process.pid}.tmp`])
  })

  it('of other days goes when there is too much of it', () => {
    const { run, compiled, names } = ownProgram()
    run()
    const [name = ''] = names()
    for (let at = 1; at <= 70; at++) {
      writeFileSync(join(compiled, `old-${at}`), 'x')
      utimesSync(join(compiled, `old-${at}`), at, at)
    }
    run()
    expect(names()).toHaveLength(60)
    expect(names()).toEqual(expect.arrayContaining([name, 'old-70', 'old-12']))
    expect(names()).not.toContain('old-11')
  })
})

describe('the files of a program that serves', () => {
  /** Asks, takes the program away, has another policy than any before, and asks again. */
  const child = `
    import { readFileSync, renameSync, writeFileSync } from 'node:fs'
    const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file, DIST, POLICY, WARM } = process.env
    const ask = async () => {
      const answer = await fetch(url, { headers: { Authorization: readFileSync(file, 'utf8') } })
      const { code = '', message = '' } = await answer.json()
      // A busy machine may not be done in time.
      if (['ABANDONED', 'FACT_TIMEOUT'].includes(code)) return ask()
      console.log(answer.status, code, message)
    }
    if (WARM) await ask()
    renameSync(DIST, DIST + '.old')
    if (!WARM) await ask()
    writeFileSync(POLICY, 'version: "1"\\nrules:\\n  - {name: closed, effect: deny, conditions: {}, reason: Frozen}\\n')
    await ask()
    await ask()
  `

  it.each([
    ['after it answered', '1'],
    ['before it answered', ''],
  ])('may go away %s: refusals are said with their reason and recorded', async (_, warm) => {
    const { dist } = ownProgram()
    const home = join(dist, '..', `home-${copies}`)
    const write = (name: string, text: string) => {
      mkdirSync(join(home, '.aws'), { recursive: true })
      writeFileSync(join(home, name), text)
      return join(home, name)
    }
    const aws = await startLocalAws({ clock: systemClock })
    onTestFinished(() => aws.close())
    const { accessKeyId, secretAccessKey } = example.alice.keys
    write(
      '.aws/config',
      `[profile alice]\nregion = ${example.region}\n[profile dev]\nregion = ${example.region}\nrole_arn = ${example.roles.dev}\nsource_profile = alice\n`,
    )
    write(
      '.aws/credentials',
      `[alice]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    )
    const policy = write(
      'policy.yaml',
      'version: "1"\nrules:\n  - {name: any, effect: require_server, conditions: {}}\n',
    )
    const script = write('child.mjs', child)
    const run = spawn(
      process.execPath,
      [
        join(dist, 'sentinel.cjs'),
        ...['exec', '--server', '--profile', 'dev', '--policy-file', policy],
        ...(warm === '' ? ['--lazy'] : []),
        ...['--', process.execPath, script],
      ],
      {
        env: {
          PATH: process.env.PATH,
          HOME: home,
          AWS_ENDPOINT_URL: aws.url,
          SENTINEL_INSECURE_ENDPOINT: '1',
          DIST: dist,
          POLICY: policy,
          WARM: warm,
        },
      },
    )
    const said = { stdout: '', stderr: '' }
    run.stdout.on('data', (text) => (said.stdout += text))
    run.stderr.on('data', (text) => (said.stderr += text))
    const [status] = await once(run, 'close')
    const refused = /^403 POLICY_DENIED `dev` refused by rule `closed` \(Frozen\)/
    expect([status, ...said.stdout.trimEnd().split('\n')], said.stderr).toEqual([
      0,
      expect.stringMatching(/^200/),
      expect.stringMatching(refused),
      expect.stringMatching(refused),
    ])
    const log = readFileSync(join(home, '.local/state/sentinel/decisions.jsonl'), 'utf8')
    expect(log).toMatch(/"event":"decision"[^\n]*"rule":"closed"[^\n]*"outcome":"denied"/)
  })

  it('are all in memory from the moment that what serves is loaded, so it has to be one of them', () => {
    const isServing = (name: string) => /^(?:run-server|serve)-/.test(name)
    const sources = Object.entries(inject('built')).flatMap(([name, { inputs }]) =>
      isServing(name) ? inputs.filter((input) => /\/(?:run-server|serve)\.ts$/.test(input)) : [],
    )
    expect(sources.sort()).toEqual(['src/cli/run-server.ts', 'src/server/serve.ts'])
  })
})
