import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openKeys } from '../machine/index.ts'
import { verifyLog } from './index.ts'
import { chainLine, noMac } from './line.ts'
import { decision, outcome, testLog } from './log.fake.ts'
import { nobodyElse, openLog } from './log.ts'
import { maxProblems } from './verify.ts'

type Set = ReturnType<typeof testLog>

/** A log of its first line and eight decisions. */
function written(): Set & { readonly own: readonly string[] } {
  const set = testLog()
  set.append(8)
  return { ...set, own: set.lines() }
}
const swap = (lines: readonly string[], a: number, b: number) =>
  lines.map((line, at) => (at === a ? (lines[b] ?? '') : at === b ? (lines[a] ?? '') : line))
const without = (lines: readonly string[], from: number, count = 1) =>
  lines.filter((_, at) => at < from || at >= from + count)
const put = (set: Set, lines: readonly string[]) =>
  writeFileSync(set.file, lines.map((line) => `${line}\n`).join(''))

test('a log as it was written has no problems', async () => {
  const { deps, file, log, append } = testLog()
  append(20)
  log.append([outcome(20)])
  expect(await verifyLog(deps, file)).toMatchObject({
    file,
    log: expect.stringMatching(/^[0-9a-f]{16}$/),
    lines: 22,
    decisions: 20,
    problemCount: 0,
    problems: [],
    notes: [],
  })
})

describe('it says what was done, and where', () => {
  for (const [name, change, want] of [
    [
      'a line edited',
      (own: readonly string[]) => own.map((line, at) => (at === 4 ? line.replace('alice', 'carol') : line)),
      [['edited', 5, 5]],
    ],
    [
      'two lines edited',
      (own: readonly string[]) =>
        own.map((line, at) => (at === 4 || at === 6 ? line.replace('dev', 'ops') : line)),
      [
        ['edited', 5, 5],
        ['edited', 7, 7],
      ],
    ],
    [
      'a MAC edited',
      (own: readonly string[]) =>
        own.map((line, at) =>
          at === 4 ? line.replace(/(.)"\}$/, (_, sign) => (sign === '0' ? '1"}' : '0"}')) : line,
        ),
      [['edited', 5, 5]],
    ],
    [
      'the first line edited',
      (own: readonly string[]) => own.map((line, at) => (at === 0 ? line.replace('2026', '2027') : line)),
      [['edited', 1, 1]],
    ],
    ['a line removed', (own: readonly string[]) => without(own, 4), [['missing', 5, 5]]],
    ['three lines removed', (own: readonly string[]) => without(own, 4, 3), [['missing', 5, 5]]],
    ['the first line removed', (own: readonly string[]) => without(own, 0), [['missing', 1, 1]]],
    ['the last line removed', (own: readonly string[]) => own.slice(0, -1), [['truncated', 9, 9]]],
    ['all but the first removed', (own: readonly string[]) => own.slice(0, 1), [['truncated', 2, 2]]],
    [
      'two lines swapped',
      (own: readonly string[]) => swap(own, 4, 5),
      [
        ['missing', 5, 5],
        ['order', 6, 7],
      ],
    ],
    ['a line repeated', (own: readonly string[]) => [...own.slice(0, 5), ...own.slice(4)], [['order', 6, 6]]],
    [
      'an empty line added',
      (own: readonly string[]) => [...own.slice(0, 5), '', ...own.slice(5)],
      [['edited', 6, 6]],
    ],
    [
      'a forged line added',
      (own: readonly string[]) => [...own, own[8]?.replace('"seq":9', '"seq":10') ?? ''],
      [['edited', 10, 10]],
    ],
    [
      'all rewritten under another key',
      (own: readonly string[]) => own.map((line) => line.replace(/[0-9a-f]{64}"\}$/, `${noMac}"}`)),
      [...Array.from({ length: 9 }, (_, at) => ['edited', at + 1, 1]), ['truncated', 10, 1]],
    ],
    ['emptied', () => [], [['removed', 0, 1]]],
  ] as const) {
    test(name, () => {
      const set = written()
      put(set, change(set.own))
      const { problems, problemCount } = set.verify()
      expect(problems.map(({ kind, line, seq }) => [kind, line, seq])).toEqual(want)
      expect(problemCount).toBe(want.length)
    })
  }

  test('the last line break removed', () => {
    const set = written()
    writeFileSync(set.file, readFileSync(set.file, 'utf8').trimEnd())
    expect(set.verify().problems).toMatchObject([{ kind: 'edited', line: 9 }])
  })

  test('an older copy put back', () => {
    const set = written()
    set.append(3, 9)
    put(set, set.own)
    expect(set.verify().problems).toMatchObject([
      {
        kind: 'truncated',
        message: expect.stringContaining('lines 10 to 12 of the chain are missing at the end'),
      },
    ])
    set.append(1, 12)
    expect(set.verify().problems).toMatchObject([
      {
        kind: 'break',
        line: 10,
        message: expect.stringContaining('lines 10 to 12 of the chain are not before it'),
      },
    ])
  })

  test('another whole log put in its place', () => {
    const set = written()
    const other = join(set.stateFolder, 'other.jsonl')
    openLog(set.deps, { file: other, also: nobodyElse }).append([decision(1)])
    writeFileSync(set.file, readFileSync(other))
    expect(set.verify().problems).toMatchObject([{ kind: 'replaced', line: 0 }])
    set.append(1, 9)
    expect(set.verify().problems).toMatchObject([{ kind: 'replaced', line: 0 }])
  })

  test('a line taken from another history of the same log', () => {
    const set = written()
    const heads = join(set.stateFolder, 'heads')
    cpSync(heads, join(set.folder, 'heads'), { recursive: true })
    set.append(1, 100)
    const foreign = set.lines()[9] ?? ''
    put(set, set.own)
    cpSync(join(set.folder, 'heads'), heads, { recursive: true })
    set.append(2, 200)
    expect(set.verify().problemCount).toBe(0)
    put(set, [...set.own, foreign, ...set.lines().slice(10)])
    expect(set.verify().problems).toMatchObject([{ kind: 'order', line: 11, seq: 11 }])
  })

  test('another end of the same length than the head names', () => {
    const set = written()
    const heads = join(set.stateFolder, 'heads')
    cpSync(heads, join(set.folder, 'heads'), { recursive: true })
    set.append(1, 100)
    const other = set.lines()
    put(set, set.own)
    cpSync(join(set.folder, 'heads'), heads, { recursive: true })
    set.append(1, 200)
    put(set, other)
    expect(set.verify().problems).toMatchObject([
      {
        kind: 'edited',
        message: expect.stringContaining('line 10 of the chain is not the one that the head names'),
      },
    ])
  })

  test('the file removed', () => {
    const set = written()
    rmSync(set.file)
    expect(set.verify()).toMatchObject({
      lines: 0,
      problems: [
        { kind: 'removed', message: expect.stringMatching(/log [0-9a-f]{16} with 9 lines stood here/) },
      ],
    })
  })

  test('a lie about a torn line', () => {
    const set = written()
    const link = { seq: 9, mac: JSON.parse(set.own[8] ?? '').mac as string }
    const { text } = chainLine(set.deps.keys.log, link, '"event":"torn","torn_bytes":7,"torn_sha256":"00"')
    appendFileSync(set.file, `{"seq":\n${text}`)
    expect(set.verify().problems).toMatchObject([{ kind: 'edited', line: 10 }])
  })

  test('more than can be told one by one is counted', () => {
    const set = written()
    appendFileSync(set.file, 'x\n'.repeat(1000))
    expect(set.verify().problemCount).toBe(1000)
    expect(set.verify().problems).toHaveLength(maxProblems)
  })
})

describe('what is no log', () => {
  test('nothing where nothing ever was is unreadable, a folder too', async () => {
    const { deps, folder } = testLog()
    for (const path of [join(folder, 'none'), folder, join(folder, 'state', 'keys.json', 'x')])
      await expect(verifyLog(deps, path)).rejects.toMatchObject({ code: 'LOG_UNREADABLE' })
  })

  for (const [name, content] of [
    ['a line of 20 MB', Buffer.alloc(20_000_000, 'x')],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x0a, 0x80, 0x0a])],
    ['JSON that is no object', Buffer.from('[1]\n1\nnull\n"x"\n')],
    ['names of Object', Buffer.from('{"__proto__":{"seq":1},"constructor":1}\n')],
    ['only line breaks', Buffer.from('\n\n\n')],
  ] as const) {
    test(`${name}: problems, no crash`, () => {
      const set = written()
      writeFileSync(set.file, content)
      expect(set.verify().problemCount).toBeGreaterThan(0)
      set.append(1, 9)
      expect(set.verify().decisions).toBe(1)
    })
  }

  test('a log under other keys is not vouched for', () => {
    const set = written()
    const folder = join(set.folder, 'elsewhere')
    mkdirSync(folder)
    const keys = openKeys(set.deps, join(folder, 'keys.json'))
    return expect(verifyLog({ ...set.deps, keys, stateFolder: folder }, set.file)).resolves.toMatchObject({
      problemCount: 10,
    })
  })
})

describe('whatever is done to the bytes is found', () => {
  // One log for all runs: each changes a copy of its text and puts it back.
  const edits = fc.oneof(
    fc.record({ kind: fc.constant('byte' as const), at: fc.nat(), flip: fc.integer({ min: 1, max: 255 }) }),
    fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
    fc.record({
      kind: fc.constant('delete' as const),
      line: fc.nat(),
      count: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ kind: fc.constant('swap' as const), line: fc.nat(), other: fc.nat() }),
    fc.record({ kind: fc.constant('repeat' as const), line: fc.nat(), at: fc.nat() }),
    fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), text: fc.string() }),
    fc.record({ kind: fc.constant('replay' as const), lines: fc.nat() }),
  )
  type Edit = typeof edits extends fc.Arbitrary<infer T> ? T : never

  function apply(bytes: Buffer, edit: Edit): Buffer {
    const lines = bytes.toString('latin1').split('\n').slice(0, -1)
    const joined = (changed: readonly string[]) =>
      Buffer.from(changed.map((line) => `${line}\n`).join(''), 'latin1')
    switch (edit.kind) {
      case 'byte': {
        const changed = Buffer.from(bytes)
        const at = edit.at % bytes.length
        changed[at] = (changed[at] ?? 0) ^ edit.flip
        return changed
      }
      case 'cut':
        return bytes.subarray(0, edit.at % bytes.length)
      case 'delete':
        return joined(without(lines, edit.line % lines.length, edit.count))
      case 'swap':
        return joined(swap(lines, edit.line % lines.length, edit.other % lines.length))
      case 'repeat': {
        const at = edit.at % lines.length
        return joined([...lines.slice(0, at), lines[edit.line % lines.length] ?? '', ...lines.slice(at)])
      }
      case 'insert': {
        const at = edit.at % (lines.length + 1)
        return joined([...lines.slice(0, at), edit.text, ...lines.slice(at)])
      }
      case 'replay':
        return joined(lines.slice(0, edit.lines % lines.length))
    }
  }

  test('and what was not touched passes', () => {
    const set = testLog()
    set.append(30)
    const bytes = readFileSync(set.file)
    fc.assert(
      fc.property(edits, (edit) => {
        const changed = apply(bytes, edit)
        writeFileSync(set.file, changed)
        expect(set.verify().problemCount === 0).toBe(changed.equals(bytes))
      }),
      { numRuns: 200, seed: 3 },
    )
    writeFileSync(set.file, bytes)
    expect(set.verify().problemCount).toBe(0)
  })

  test('also after others have gone on writing', () => {
    fc.assert(
      fc.property(edits, (edit) => {
        const set = testLog()
        set.append(5)
        const bytes = readFileSync(set.file)
        const changed = apply(bytes, edit)
        writeFileSync(set.file, changed)
        set.append(2, 6)
        expect(set.verify().problemCount === 0).toBe(changed.equals(bytes))
      }),
      { numRuns: 20, seed: 3 },
    )
  })
})
