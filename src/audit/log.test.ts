import {
  appendFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openKeys } from '../machine/index.ts'
import { emptyHead, makeHead } from './head.ts'
import { chainLine, noMac } from './line.ts'
import { decision, idOf, outcome, testLog } from './log.fake.ts'
import { nobodyElse, openLog } from './log.ts'
import { setLogAt } from './standing.ts'

const events = (entries: readonly Record<string, unknown>[]) => entries.map((entry) => entry.event)

describe('a log', () => {
  test('begins with its own id, and every line has its number, its time and its place in the chain', () => {
    const { append, entries, deps } = testLog()
    append(2)
    const [first, second, third] = entries()
    expect(first).toMatchObject({ seq: 1, event: 'log', key: deps.keys.id, prev: noMac })
    expect(first?.log).toMatch(/^[0-9a-f]{16}$/)
    expect(second).toMatchObject({ seq: 2, event: 'decision', request_id: idOf(1), prev: first?.mac })
    expect(second).toMatchObject({ schema_version: 1, timestamp: '2026-02-03T10:00:00Z' })
    expect(third).toMatchObject({ seq: 3, prev: second?.mac })
  })

  test('has its keys in one order, and leaves out what is not known', () => {
    const { log, lines } = testLog()
    const { reason, ...rest } = decision(1, { policy_version: 3, role_arn: undefined })
    log.append([{ reason, ...rest }])
    expect(lines()[1]).toMatch(
      /^\{"seq":2,"schema_version":1,"timestamp":"2026-02-03T10:00:00Z","event":"decision","request_id":"0000000000000001","user":"alice","profile":"dev","effect":"allow","rule":"developers","rule_index":0,"reason":"work","policy_path":"\/sentinel\/policies\/dev","policy_version":3,"prev":"[0-9a-f]{64}","mac":"[0-9a-f]{64}"\}$/,
    )
  })

  test('takes any text as one line', () => {
    const { log, entries, verify } = testLog()
    const user = 'a"b\n\u202e\u001b[2J\u2028\ud800__proto__'
    log.append([decision(1, { user, reason: '"mac":"' })])
    expect(entries()[1]?.user).toBe(user)
    expect(verify().problemCount).toBe(0)
  })

  test('is for its owner alone', () => {
    const { append, file, stateFolder } = testLog()
    append(1)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(stateFolder).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(join(stateFolder, 'heads')))
      expect(statSync(join(stateFolder, 'heads', name)).mode & 0o777).toBe(0o600)
  })

  test('goes on where another process left it', () => {
    const { append, deps, file, verify } = testLog()
    append(3)
    openLog(deps, { file, also: nobodyElse }).append([outcome(3)])
    expect(verify()).toMatchObject({ lines: 5, decisions: 3, problemCount: 0 })
  })

  test('takes several entries in one go, which chain like any others', () => {
    const { deps, file, log, entries, verify } = testLog()
    const told: string[] = []
    openLog(deps, { file, also: (line) => told.push(line) }).append([decision(1), outcome(1)])
    log.append([decision(2)])
    expect(events(entries())).toEqual(['log', 'decision', 'outcome', 'decision'])
    expect(told.map((line) => JSON.parse(line).event)).toEqual(['decision', 'outcome'])
    expect(verify()).toMatchObject({ lines: 4, decisions: 2, problemCount: 0 })
  })

  test('tells each line to whoever else was named, before it is written', () => {
    const { deps, file, lines } = testLog()
    const told: [string, number][] = []
    const log = openLog(deps, { file, also: (line) => told.push([line, lines().length]) })
    log.append([decision(1)])
    log.append([decision(2)])
    expect(told).toEqual([
      [lines()[1], 0],
      [lines()[2], 2],
    ])
  })

  test('that cannot be told on is an error, and says nothing of what is not released then', () => {
    const { deps, file, append, lines, verify } = testLog()
    append(1)
    const before = lines()
    const also = () => {
      throw new Error('EPIPE')
    }
    expect(() => openLog(deps, { file, also }).append([decision(1), outcome(1)])).toThrow(
      expect.objectContaining({ code: 'LOG_UNWRITABLE' }),
    )
    expect(lines()).toEqual(before)
    append(1)
    expect(verify().problemCount).toBe(0)
  })

  test('is one log by whatever link it is reached', () => {
    const { folder, append, deps, file, verify } = testLog()
    append(1)
    symlinkSync(file, join(folder, 'link'))
    openLog(deps, { file: join(folder, 'link'), also: nobodyElse }).append([decision(2)])
    append(1, 3)
    expect(verify(join(folder, 'link'))).toMatchObject({ decisions: 3, problemCount: 0 })
  })
})

describe('what cannot be written is an error', () => {
  const write = (deps: ReturnType<typeof testLog>['deps'], file: string) =>
    openLog(deps, { file, also: nobodyElse }).append([decision(1)])
  for (const [name, path, message] of [
    ['a full disk', '/dev/full', 'it is no plain file'],
    ['a device', '/dev/null', 'it is no plain file'],
    ['a place where nobody may write', '/sys/sentinel.log', ''],
    ['a folder', '.', 'it is a folder (EISDIR)'],
    ['a missing folder', 'no/such/log', 'no such file or folder (ENOENT)'],
    ['a file for a folder', 'state/keys.json/log', 'a part of the path is no folder (ENOTDIR)'],
    ['a name too long', 'x'.repeat(300), 'the name is too long (ENAMETOOLONG)'],
  ] as const) {
    test(name, () => {
      const { folder, deps } = testLog()
      const file = path.startsWith('/') ? path : join(folder, path)
      expect(() => write(deps, file)).toThrow(
        expect.objectContaining({
          code: 'LOG_UNWRITABLE',
          message: expect.stringContaining(message),
          hint: expect.any(String),
        }),
      )
    })
  }

  test('a state folder that is none', () => {
    const { folder, deps, file } = testLog()
    writeFileSync(join(folder, 'none'), '')
    expect(() => write({ ...deps, stateFolder: join(folder, 'none') }, file)).toThrow(
      expect.objectContaining({ code: 'LOG_UNWRITABLE' }),
    )
  })
})

describe('after a writer was killed', () => {
  /** The log as it was before its last line, with the head it had then. */
  function killed(tail: (line: Buffer) => Buffer) {
    const set = testLog()
    set.append(3)
    const heads = readHeads(set.stateFolder)
    const { size } = statSync(set.file)
    set.append(1, 4)
    const line = readFileSync(set.file).subarray(size)
    for (const [path, bytes] of heads) writeFileSync(path, bytes)
    truncateSync(set.file, size)
    appendFileSync(set.file, tail(line))
    return set
  }

  test('between line and head, the line counts', () => {
    const { append, verify, entries } = killed((line) => line)
    append(1, 5)
    expect(events(entries())).toEqual(['log', 'decision', 'decision', 'decision', 'decision', 'decision'])
    expect(verify()).toMatchObject({ decisions: 5, problemCount: 0, notes: [] })
  })

  test('before the line break, the line counts', () => {
    const { append, verify } = killed((line) => line.subarray(0, -1))
    expect(verify().problemCount).toBe(0)
    append(1, 5)
    expect(verify()).toMatchObject({ decisions: 5, problemCount: 0, notes: [] })
  })

  test('anywhere in the line, it is closed and said to be torn', () => {
    for (const length of [1, 2, 60, 300, -2, -60]) {
      const { append, verify, entries, lines } = killed((line) => line.subarray(0, length))
      expect(verify()).toMatchObject({ problemCount: 0, notes: [{ line: 5 }] })
      append(1, 5)
      expect(lines()).toHaveLength(7)
      expect(JSON.parse(lines()[5] ?? '')).toMatchObject({
        event: 'torn',
        seq: 5,
        torn_bytes: expect.any(Number),
      })
      expect(verify()).toMatchObject({ decisions: 4, problemCount: 0, notes: [{ line: 5 }] })
      expect(() => entries()).toThrow()
    }
  })

  test('after a whole line and in the next, the first counts', () => {
    const { append, verify } = killed((line) => Buffer.concat([line, Buffer.from('{"seq":6,"sch')]))
    append(1, 6)
    expect(verify()).toMatchObject({ decisions: 5, problemCount: 0, notes: [{ line: 6 }] })
  })

  test('in the very first line, the log begins again under the id that waits for it', () => {
    for (const fragment of ['', '{', '{"seq":1,"schema_version":1,"timestamp":"2026-02-03T10:00']) {
      const { append, deps, file, entries, verify } = testLog()
      makeHead(deps, '0123456789abcdef', emptyHead(file))
      setLogAt(deps, file, '0123456789abcdef')
      writeFileSync(file, fragment)
      append(1)
      expect(events(entries())).toEqual(['log', 'decision'])
      expect(entries()[0]?.log).toBe('0123456789abcdef')
      expect(verify()).toMatchObject({ decisions: 1, problemCount: 0 })
    }
  })
})

describe('what somebody did to the file stays to be seen, and nobody is locked out', () => {
  for (const [name, change, reason] of [
    [
      'a line changed',
      (text: string) => text.replace(/developers(?![\s\S]*developers)/, 'developerz'),
      undefined,
    ],
    [
      'the last MAC changed',
      (text: string) => text.replace(/.("\}\n)$/, 'x$1'),
      'the end of the file is not what was written',
    ],
    [
      'cut',
      (text: string) => text.slice(0, text.indexOf('\n', 900) + 1),
      'the file is shorter than the head says',
    ],
    ['cut in a line', (text: string) => text.slice(0, -100), 'the file is shorter than the head says'],
    [
      'a foreign line added',
      (text: string) => `${text}{"seq":5}\n`,
      'the end of the file is not what was written',
    ],
    ['all replaced', () => 'something else\n', 'the file is shorter than the head says'],
  ] as const) {
    test(name, () => {
      const { append, file, verify, lines } = testLog()
      append(3)
      writeFileSync(file, change(readFileSync(file, 'utf8')))
      const kept = lines()
      append(1, 4)
      append(1, 5)
      expect(lines().slice(0, kept.length)).toEqual(kept)
      const breaks = lines().filter((line) => line.includes('"event":"break"'))
      expect(breaks.map((line) => JSON.parse(line).reason)).toEqual(reason === undefined ? [] : [reason])
      expect(verify().problemCount).toBeGreaterThan(0)
    })
  }

  test('emptied or removed, a new log begins that names the old one', () => {
    for (const change of [(file: string) => truncateSync(file), (file: string) => rmSync(file)]) {
      const { append, file, entries, verify } = testLog()
      append(3)
      const old = entries()
      change(file)
      append(1, 4)
      expect(entries()[0]).toMatchObject({
        previous_log: old[0]?.log,
        previous_count: 4,
        previous_mac: old[3]?.mac,
      })
      expect(verify().problems).toMatchObject([{ kind: 'removed', line: 0 }])
    }
  })

  test('renamed, the old log is found beside the new one, and both are whole', () => {
    const { append, file, verify } = testLog()
    append(3)
    renameSync(file, `${file}.1`)
    expect(verify()).toMatchObject({ decisions: 3, problemCount: 0, files: [{ file: `${file}.1` }] })
    append(2, 4)
    expect(verify()).toMatchObject({ decisions: 5, problemCount: 0, files: [{ decisions: 3 }, { file }] })
    expect(verify(`${file}.1`)).toMatchObject({ decisions: 3, problemCount: 0 })
  })

  test('moved and written to there, it is one log', () => {
    const { folder, append, deps, file, verify } = testLog()
    append(3)
    const elsewhere = join(folder, 'audit.log')
    renameSync(file, elsewhere)
    const log = openLog(deps, { file: elsewhere, also: nobodyElse })
    log.append([decision(4)])
    log.append([decision(5)])
    expect(verify(elsewhere)).toMatchObject({ decisions: 5, problemCount: 0 })
    expect(verify()).toMatchObject({ problemCount: 0, notes: [{ line: 0 }] })
    rmSync(elsewhere)
    expect(verify(elsewhere).problems).toMatchObject([{ kind: 'removed' }])
  })

  test('with the state folder lost, the chain goes on after a break', () => {
    const { append, stateFolder, entries, verify } = testLog()
    append(3)
    rmSync(join(stateFolder, 'heads'), { recursive: true })
    expect(verify().problems).toMatchObject([{ kind: 'head' }])
    append(2, 4)
    expect(entries()[4]).toMatchObject({ seq: 5, event: 'break', reason: 'the head of the log is missing' })
    expect(verify().problems).toMatchObject([{ kind: 'break', line: 5 }])
  })

  test('with other keys, the chain is founded anew once', () => {
    const { append, deps, stateFolder, file, entries } = testLog()
    append(3)
    rmSync(join(stateFolder, 'keys.json'))
    const keys = openKeys(deps, join(stateFolder, 'keys.json'))
    const log = openLog({ ...deps, keys }, { file, also: nobodyElse })
    log.append([decision(4)])
    log.append([decision(5)])
    expect(events(entries()).slice(4)).toEqual(['break', 'decision', 'decision'])
    expect(entries()[4]).toMatchObject({ seq: 1, key: keys.id, log: expect.any(String) })
  })

  test("with another log's id written into the first line, the other log is left alone", () => {
    const [one, two] = [testLog(), testLog()]
    one.append(3)
    const deps = { ...two.deps, stateFolder: one.stateFolder, keys: one.deps.keys }
    const other = join(one.folder, 'other.log')
    const log = openLog(deps, { file: other, also: nobodyElse })
    log.append([decision(1)])
    const [mine, theirs] = [one.entries(other)[0]?.log as string, one.entries()[0]?.log as string]
    writeFileSync(other, readFileSync(other, 'utf8').replace(mine, theirs))
    log.append([decision(2)])
    expect(one.verify().problemCount).toBe(0)
    expect(one.verify(other).problems).toMatchObject([{ kind: 'edited', line: 1 }])
  })
})

describe('the clock', () => {
  test('may be five minutes behind the latest line, not more', () => {
    const { append, clock, lines } = testLog()
    append(1)
    clock.advance(-300_000)
    append(1, 2)
    clock.advance(-1)
    expect(() => append(1, 3)).toThrow(
      expect.objectContaining({
        code: 'CLOCK_SKEW',
        message: 'the clock says 2026-02-03T09:54:59Z, but the decision log goes up to 2026-02-03T10:00:00Z',
        hint: expect.stringContaining('accept-clock'),
      }),
    )
    expect(lines()).toHaveLength(3)
  })

  test('cannot be turned back in small steps', () => {
    const { append, clock } = testLog()
    append(1)
    clock.advance(-200_000)
    append(1, 2)
    clock.advance(-200_000)
    expect(() => append(1, 3)).toThrow(expect.objectContaining({ code: 'CLOCK_SKEW' }))
  })

  test('that was accepted counts from then on', () => {
    const { append, clock, log } = testLog()
    append(1)
    clock.advance(-86_400_000)
    log.append([{ event: 'accept-clock', request_id: idOf(2), user: 'alice' }])
    append(1, 3)
    clock.advance(-300_001)
    expect(() => append(1, 4)).toThrow(expect.objectContaining({ code: 'CLOCK_SKEW' }))
  })

  test('is remembered when the log is removed', () => {
    const { append, clock, file } = testLog()
    append(1)
    rmSync(file)
    clock.advance(-300_001)
    expect(() => append(1, 2)).toThrow(expect.objectContaining({ code: 'CLOCK_SKEW' }))
  })
})

test('a chain line says its number, its members and the line before', () => {
  const { deps } = testLog()
  const { link, text } = chainLine(deps.keys.log, { seq: 6, mac: noMac }, '"a":1')
  expect(text).toBe(`{"seq":7,"a":1,"prev":"${noMac}","mac":"${link.mac}"}\n`)
  expect(link.seq).toBe(7)
})

function readHeads(stateFolder: string): readonly (readonly [string, Buffer])[] {
  const folder = join(stateFolder, 'heads')
  return readdirSync(folder)
    .filter((name) => name.endsWith('.head'))
    .map((name) => [join(folder, name), readFileSync(join(folder, name))] as const)
}
