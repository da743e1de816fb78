// The bench's checks with few processes; nothing here looks at a time.

import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { coldFigures } from './cold.ts'
import { type Figure, inTurn, quantile, table } from './figures.ts'
import { heavyThings, partsOf, type Seen } from './parts.ts'
import { changedPolicy, warmFigures, warmParts } from './warm.ts'
import { openWorld } from './world.ts'

async function world() {
  const opened = await openWorld()
  onTestFinished(() => opened.close())
  return opened
}

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
