// The bench's checks with few processes; nothing here looks at a time.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { coldFigures } from './cold.ts'
import { endpointFigures } from './endpoint.ts'
import { type Figure, inTurn, quantile, table } from './figures.ts'
import { kvFigures } from './kv.ts'
import { recordedCalls } from './log.ts'
import { heavyThings, partsOf, type Seen } from './parts.ts'
import { changedPolicy, warmFigures, warmParts } from './warm.ts'
import { openWorld } from './world.ts'

async function world() {
  const opened = await openWorld()
  onTestFinished(() => opened.close())
  return opened
}

it('the endpoint answers every request of the bench with credentials', async () => {
  const [figure] = await endpointFigures(await world(), { rounds: 1, perRound: 20 })
  expect(figure?.name).toMatch(/^exec --server, \d+ requests\/s$/)
})

it('every read of a secret is answered, with and without an audit device, from many and from few', async () => {
  const options = { rounds: 1, msPerRound: 20, beforehand: 50, many: 40, egps: 20 }
  const { figures, lines } = await kvFigures(options)
  expect(figures.length).toBeGreaterThanOrEqual(4)
  for (const { ratio } of figures) expect(ratio).toBeGreaterThan(0)
  expect(lines.filter((line) => /\/s .*p99 .* ms, /.test(line)).length).toBeGreaterThanOrEqual(5)
})

describe('the warm path', () => {
  it('loads nothing heavy, reads what is kept, and notices a changed policy', async () => {
    const here = await world()
    await warmFigures(here, 1)
    expect(await warmParts(here, 1)).toMatch(/ms {2}log lines/)
    expect(await changedPolicy(here)).toMatch(/POLICY_DENIED/)
  })

  it('and the positive control: what a cold run loads is called heavy', () => {
    const seen: Seen = {
      events: [],
      ms: 1,
      modules: [join('dist', 'sentinel.cjs'), join('dist', 'load-ABC.cjs')],
      builtins: ['internal/crypto/hash', 'http', 'child_process'],
      dateFormats: 2,
    }
    expect(heavyThings(seen)).toEqual([
      'load-ABC.cjs',
      'http',
      'child_process',
      'Intl.DateTimeFormat, 2 times',
    ])
  })
})

it('five callers of a cold profile make one call of each kind, also when the one that calls is killed', async () => {
  expect(await coldFigures(5)).toHaveLength(3)
})

describe('what the calls left in the log', () => {
  const lines: Readonly<Record<string, object>> = {
    log: { event: 'log' },
    a: { event: 'decision', request_id: 'a', effect: 'allow' },
    b: { event: 'decision', request_id: 'b', effect: 'allow' },
    issuedA: { event: 'outcome', request_id: 'a', effect: 'allow', outcome: 'issued' },
    issuedB: { event: 'outcome', request_id: 'b', effect: 'allow', outcome: 'issued' },
    failedB: { event: 'outcome', request_id: 'b', effect: 'allow', outcome: 'error' },
  }
  const recorded = (...names: string[]) => {
    const folder = ownFolder()
    const logFile = join(folder, 'log')
    writeFileSync(logFile, names.map((name) => `${JSON.stringify(lines[name])}\n`).join(''))
    return recordedCalls({ logFile }, 0)
  }

  it('is a decision and its outcome of each, in between those of others', () => {
    expect(recorded('log', 'a', 'b', 'issuedB', 'issuedA')).toEqual({ whole: 2, cutOff: 0 })
    expect(recorded('log', 'a', 'b', 'issuedB')).toEqual({ whole: 1, cutOff: 1 })
  })

  it.each([
    ['a second decision for the outcome', ['a', 'a']],
    ['an outcome without a decision', ['issuedA']],
    ['an outcome before its decision', ['issuedA', 'a']],
    ['two outcomes', ['a', 'issuedA', 'issuedA']],
    ['an outcome that is none', ['b', 'failedB']],
  ])('and not %s', (_, names) => {
    expect(() => recorded(...names)).toThrow(/of each call a decision and its outcome/)
  })
})

/** What makes such folders as the bench does, and nothing else: the bench itself takes seconds to get there. */
const likeIt = `
  import { removeTemporariesOnSignals, temporaryFolder } from ${JSON.stringify(join(import.meta.dirname, '../temporary.ts'))}
  removeTemporariesOnSignals()
  temporaryFolder('sentinel-bench-')
  setInterval(() => {}, 60_000)`

describe.skipIf(process.platform === 'win32')('no folder is left behind by', () => {
  it.each([
    ['a bench that is stopped by SIGINT', 'SIGINT', [join(import.meta.dirname, 'run.ts'), '--rounds', '1']],
    ['what is like it by SIGTERM', 'SIGTERM', ['--input-type=module', '-e', likeIt]],
    ['what is like it by SIGHUP', 'SIGHUP', ['--input-type=module', '-e', likeIt]],
  ] as const)('%s', async (_, signal, program) => {
    const folder = ownFolder()
    const [made, stopWatching] = madeIn(folder, 'sentinel-bench-')
    const bench = spawn(process.execPath, ['--import', 'tsx', ...program], {
      env: { ...process.env, TMPDIR: folder },
      stdio: 'ignore',
    })
    const ended = once(bench, 'exit')
    await Promise.race([made, ended])
    stopWatching()
    bench.kill(signal)
    expect(await ended).toEqual([null, signal])
    expect(readdirSync(folder).filter((name) => name.startsWith('sentinel-'))).toEqual([])
  })
})

/** A folder of this test's own. */
function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sentinel-bench-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Resolves when something whose name begins so is made in a folder. */
function madeIn(folder: string, prefix: string): readonly [made: Promise<void>, stop: () => void] {
  const watcher = watch(folder)
  const made = new Promise<void>((seen) => {
    watcher.on('change', (_, name) => {
      if (String(name).startsWith(prefix)) seen()
    })
  })
  return [made, () => watcher.close()]
}

it('the parts of a run add up to the run', () => {
  const event = (at: number, what: string, name = 'openSync') => ({ at, ms: 0.5, name, what })
  const events = [
    event(2, '/state/keys.json'),
    event(3, '/home/.aws/config'),
    event(5, '/state/decisions.jsonl'),
    event(6, '3', 'fdatasyncSync'),
    event(8, '/cache/sessions/a.enc'),
    event(9, '/state/decisions.jsonl'),
  ]
  const parts = partsOf({ events, ms: 10, modules: [], builtins: [], dateFormats: 0 })
  expect(Object.fromEntries(parts)).toEqual({
    'program, crypto, command line': 2,
    keys: 1,
    'config files and plan': 2,
    'log lines': 4,
    credentials: 1,
    '  of the log: fdatasync': 0.5,
  })
})

describe('a figure', () => {
  it('is the ratio of the medians, and its spread that of the pairs', async () => {
    const [a, b] = [
      [4, 6, 8],
      [2, 2, 2],
    ]
    const figure = await inTurn(3, {
      before: async () => {},
      measured: () => a.shift() ?? 0,
      beside: () => b.shift() ?? 0,
    })
    expect(figure).toEqual({ ratio: 3, spread: [2, 4], ms: 6 })
  })

  it('is held against its target', () => {
    const figure: Figure = { name: 'x', ratio: 1.6, beside: 'y', ms: 30, target: 1.5 }
    expect(table([figure])).toMatch(/1\.60 x y .* at most 1\.5: NOT MET$/)
    expect(table([{ ...figure, ratio: 1.5 }])).toMatch(/: met$/)
  })

  it('has a median of an odd and of an even count', () => {
    expect([quantile([3, 1, 2], 0.5), quantile([1, 2, 3, 4], 0.5), quantile([], 0.5)]).toEqual([
      2,
      3,
      Number.NaN,
    ])
  })
})
