import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openKeys } from '../machine/index.ts'
import { emptyHead, makeHead } from './head.ts'
import { findDecision, verifyLog } from './index.ts'
import { decision, idOf, outcome, testLog } from './log.fake.ts'
import { nobodyElse, openLog } from './log.ts'
import { rotate } from './rotate.ts'
import { setLogAt, standingAt } from './standing.ts'

const who = { request_id: idOf(99), user: '' } as const

/** A log of three decisions, and how to rotate it. */
function written() {
  const set = testLog()
  set.append(3)
  return { ...set, rotate: (file = set.file) => rotate(set.deps, file, who) }
}
const names = (set: { stateFolder: string }) =>
  readdirSync(set.stateFolder).filter((name) => name.startsWith('decisions'))
const mode = (path: string) => statSync(path).mode & 0o777

describe('rotating', () => {
  test('moves the log aside under a name with the time, and begins one that goes on from it', () => {
    const set = written()
    const { older, file, log, olderLog } = set.rotate()
    expect([file, older]).toEqual([set.file, join(set.stateFolder, 'decisions-20260203T100000Z.jsonl')])
    const [before, after] = [set.entries(older), set.entries()]
    expect(before.at(-1)).toMatchObject({
      seq: 5,
      event: 'administration',
      action: 'log rotate',
      resource: older,
      outcome: 'started',
    })
    expect(after).toMatchObject([
      {
        seq: 1,
        event: 'log',
        log,
        previous_log: olderLog,
        previous_count: 5,
        previous_mac: before.at(-1)?.mac,
      },
      { seq: 2, action: 'log rotate', request_id: idOf(99), outcome: 'done' },
    ])
    expect(set.verify()).toMatchObject({
      lines: 7,
      decisions: 3,
      problemCount: 0,
      notes: [],
      files: [
        { file: older, log: olderLog },
        { file, log },
      ],
    })
  })

  test.skipIf(process.platform === 'win32')('leaves both files to their owner alone', () => {
    const set = written()
    chmodSync(set.file, 0o644)
    const { older } = set.rotate()
    expect([mode(older), mode(set.file)]).toEqual([0o600, 0o600])
  })

  test('never takes a name that something has', () => {
    const set = written()
    const taken = join(set.stateFolder, 'decisions-20260203T100000Z.jsonl')
    writeFileSync(taken, 'mine')
    mkdirSync(join(set.stateFolder, 'decisions-20260203T100000Z-2.jsonl'))
    expect(set.rotate().older).toBe(join(set.stateFolder, 'decisions-20260203T100000Z-3.jsonl'))
    set.append(1, 4)
    expect(set.rotate().older).toBe(join(set.stateFolder, 'decisions-20260203T100000Z-4.jsonl'))
    expect(readFileSync(taken, 'utf8')).toBe('mine')
    expect(set.verify()).toMatchObject({ problemCount: 0, decisions: 4 })
  })

  test('closes half a line first, and what was killed before the head moved counts', () => {
    const set = written()
    const heads = join(set.stateFolder, 'heads')
    const head = join(heads, readdirSync(heads).find((name) => name.endsWith('.head')) ?? '')
    const bytes = readFileSync(head)
    set.append(1, 4)
    writeFileSync(head, bytes)
    appendFileSync(set.file, '{"seq":6,')
    set.rotate()
    expect(set.entries()[0]).toMatchObject({ previous_count: 7 })
    expect(set.verify()).toMatchObject({ decisions: 4, problemCount: 0 })
  })

  test.skipIf(process.platform === 'win32')('goes through a link, and the link leads to the new log', () => {
    const set = written()
    const link = join(set.folder, 'link.jsonl')
    symlinkSync(set.file, link)
    expect(dirname(set.rotate(link).older)).toBe(set.stateFolder)
    renameSync(set.file, join(set.stateFolder, 'decisions-by-hand.jsonl'))
    openLog(set.deps, { file: link, also: nobodyElse }).append([decision(4)])
    expect(set.verify()).toMatchObject({ decisions: 4, problemCount: 0, files: { length: 3 } })
  })

  test('keeps what the log knows about the time', () => {
    const set = written()
    set.rotate()
    set.clock.advance(-300_001)
    expect(() => set.append(1, 4)).toThrow(expect.objectContaining({ code: 'CLOCK_SKEW' }))
    expect(() => set.rotate()).toThrow(expect.objectContaining({ code: 'LOG_NOT_ROTATED' }))
  })

  test('is refused by a clock that is behind, and nothing is left of it', () => {
    const set = written()
    set.clock.advance(-300_001)
    expect(() => set.rotate()).toThrow(expect.objectContaining({ code: 'CLOCK_SKEW' }))
    expect(names(set)).toEqual(['decisions.jsonl'])
  })
})

describe('is refused, with nothing changed', () => {
  for (const [name, make] of [
    ['where no log is', ({ file }) => rmSync(file)],
    ['where the log is empty', ({ file }) => truncateSync(file)],
    ['where half a first line is', ({ file }) => writeFileSync(file, '{"seq":1,"schema')],
    ['for a file of something else', ({ file }) => writeFileSync(file, 'bread\nmilk\n')],
    [
      'for a folder',
      ({ file }) => {
        rmSync(file)
        mkdirSync(file)
      },
    ],
    [
      'for a log of somebody else',
      ({ file, deps }) => {
        const stateFolder = join(dirname(file), 'theirs')
        const keys = openKeys(deps, join(stateFolder, 'keys.json'))
        rmSync(file)
        openLog({ ...deps, keys, stateFolder }, { file, also: nobodyElse }).append([decision(1)])
      },
    ],
    ['just after it was rotated', ({ rotate }) => rotate()],
  ] as const satisfies readonly (readonly [string, (set: ReturnType<typeof written>) => unknown])[]) {
    test(name, () => {
      const set = written()
      make(set)
      const before = names(set)
      expect(() => set.rotate()).toThrow(expect.objectContaining({ code: 'LOG_NOT_ROTATED' }))
      expect(names(set)).toEqual(before)
    })
  }
})

describe('killed on the way, the next writer goes on and nothing is missing', () => {
  const older = 'decisions-20260203T100000Z.jsonl'
  for (const [name, kill] of [
    ['with the name reserved', ({ stateFolder }) => writeFileSync(join(stateFolder, older), '')],
    ['after the rename', ({ file, stateFolder }) => renameSync(file, join(stateFolder, older))],
    [
      'with the new file made',
      ({ file, stateFolder }) => {
        renameSync(file, join(stateFolder, older))
        writeFileSync(file, '')
      },
    ],
    [
      'with the head of the new log made',
      ({ file, stateFolder, deps }) => {
        renameSync(file, join(stateFolder, older))
        makeHead(deps, idOf(7), emptyHead(file))
      },
    ],
    [
      'with the new log noted',
      ({ file, stateFolder, deps }) => {
        renameSync(file, join(stateFolder, older))
        makeHead(deps, idOf(7), emptyHead(file))
        setLogAt(deps, file, idOf(7), standingAt(deps, file)?.log)
      },
    ],
    [
      'in the first line',
      ({ file, stateFolder, deps }) => {
        renameSync(file, join(stateFolder, older))
        makeHead(deps, idOf(7), emptyHead(file))
        setLogAt(deps, file, idOf(7), standingAt(deps, file)?.log)
        writeFileSync(file, '{"seq":1,"schema_ver')
      },
    ],
  ] as const satisfies readonly (readonly [string, (set: ReturnType<typeof written>) => void])[]) {
    test(name, async () => {
      const set = written()
      kill(set)
      expect(set.verify()).toMatchObject({ problemCount: 0 })
      expect((await findDecision(set.deps, set.file, idOf(2))).decision?.line).toBe(3)
      set.clock.advance(-300_001)
      expect(() => set.append(1, 4)).toThrow(expect.objectContaining({ code: 'CLOCK_SKEW' }))
      set.clock.advance(300_001)
      set.append(2, 4)
      expect(set.verify()).toMatchObject({ decisions: 5, problemCount: 0 })
      set.rotate()
      set.append(1, 6)
      expect(set.verify()).toMatchObject({ decisions: 6, problemCount: 0 })
    })
  }
})

test('whoever is killed in the first line of a log that was begun leaves a note of the one before it', async () => {
  const set = written()
  const { log, olderLog } = set.rotate()
  expect(standingAt(set.deps, set.file)).toEqual({ log, before: olderLog })
  makeHead(set.deps, log, emptyHead(set.file))
  writeFileSync(set.file, '{"seq":1,"schema_ver')
  set.append(1, 4)
  expect(set.entries()[0]).toMatchObject({ event: 'log', log, previous_log: olderLog, previous_count: 5 })
  expect(set.verify()).toMatchObject({ decisions: 4, problemCount: 0 })
  expect((await findDecision(set.deps, set.file, idOf(2))).decision?.line).toBe(3)
})

describe('of a log that was rotated three times', () => {
  function rotatedThrice() {
    const set = written()
    const files = [4, 5, 6].map((number) => {
      const { older } = set.rotate()
      set.clock.advance(86_400_000)
      set.append(1, number)
      return older
    })
    return { ...set, files: files as [string, string, string] }
  }
  const edit = (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace('alice', 'carol'))
  const cut = (file: string) =>
    writeFileSync(file, readFileSync(file, 'utf8').split('\n').slice(0, -2).join('\n'))

  for (const [name, change, want] of [
    ['nothing changed', () => {}, []],
    ['a line of the oldest edited', ([oldest]) => edit(oldest), [['edited', 0]]],
    ['the end of the second cut off', ([, second]) => cut(second), [['truncated', 1]]],
    ['the second removed', ([, second]) => rmSync(second), [['removed', undefined]]],
    [
      'all removed',
      (files) => files.map((file) => rmSync(file)),
      [
        ['removed', undefined],
        ['removed', undefined],
        ['removed', undefined],
      ],
    ],
    [
      'two exchanged for each other: each is found by what it says',
      ([first, second]) => {
        renameSync(first, `${first}.x`)
        renameSync(second, first)
        renameSync(`${first}.x`, second)
      },
      [],
    ],
  ] as const satisfies readonly (readonly [
    string,
    (files: readonly [string, string, string]) => unknown,
    readonly unknown[],
  ])[]) {
    test(`verify says: ${name}`, () => {
      const set = rotatedThrice()
      change(set.files)
      const { problems, problemCount } = set.verify()
      const at = (file: string) => {
        const index = set.files.indexOf(file)
        return index === -1 ? undefined : index
      }
      expect(problems.map(({ kind, file }) => [kind, at(file)])).toEqual(want)
      expect(problemCount).toBe(want.length)
    })
  }

  test('with the heads lost too, the end of an older file is known from the one after it', () => {
    const set = rotatedThrice()
    rmSync(join(set.stateFolder, 'heads'), { recursive: true })
    expect(set.verify().problems).toMatchObject([{ kind: 'head', file: set.file }])
    cut(set.files[1])
    expect(set.verify().problems).toMatchObject([{ kind: 'truncated', file: set.files[1] }, { kind: 'head' }])
  })

  test('one file by itself asks for no other', async () => {
    const set = rotatedThrice()
    rmSync(set.files[0])
    expect(await verifyLog(set.deps, set.files[1], 'file')).toMatchObject({
      problemCount: 0,
      notes: [{ message: expect.stringMatching(/^goes on from log [0-9a-f]{16}/) }],
    })
  })

  test('a request is found in each, from the newest back, no further than it goes', async () => {
    const set = rotatedThrice()
    for (const [number, file, linesRead] of [
      [2, set.files[0], 16],
      [4, set.files[1], 11],
      [6, undefined, 3],
    ] as const) {
      const { decision: found, lines } = await findDecision(set.deps, set.file, idOf(number))
      expect([found?.file, lines]).toEqual([file, linesRead])
    }
    await expect(findDecision(set.deps, set.file, idOf(77))).rejects.toMatchObject({
      message: `no line is about \`${idOf(77)}\` in 16 lines`,
    })
  })

  test('a decision and what came of it are put together across files, in their order', async () => {
    const set = rotatedThrice()
    set.log.append([outcome(4, { served: 'fresh', issued_by: idOf(4) })])
    set.log.append([decision(8), outcome(8, { served: 'cache', issued_by: idOf(4) })])
    const found = await findDecision(set.deps, set.file, idOf(4))
    expect(found).toMatchObject({
      named: 'credentials',
      decision: { file: set.files[1], line: 3 },
      outcomes: [{ line: 4 }],
      uses: [{ line: 6 }],
    })
  })
})
