import { appendFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Desk, desk, jsonOf, openPolicy } from '../desk.fake.ts'

/** A desk with a log of two requests. */
async function deskWithLog(): Promise<Desk> {
  const at = await desk()
  at.write('p.yaml', openPolicy)
  for (let i = 0; i < 2; i++) await at.run('credentials', '--profile', 'dev', '--policy-file', 'p.yaml')
  return at
}

const logOf = (at: Desk) => at.read('.local/state/sentinel/decisions.jsonl')

describe('log verify', () => {
  it('says that a whole log is whole, and of how many lines', async () => {
    const at = await deskWithLog()
    const { status, stdout, stderr } = await at.run('log', 'verify')
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toBe(`${at.logFile}: the log is whole: 5 lines, 2 decisions\n`)
    const json = await at.run('log', 'verify', '--json')
    expect([json.status, JSON.parse(json.stdout)]).toEqual([
      0,
      {
        file: at.logFile,
        log: expect.stringMatching(/^[0-9a-f]+$/),
        whole: true,
        lines: 5,
        decisions: 2,
        problem_count: 0,
        problems: [],
        notes: [],
        files: [{ file: at.logFile, log: expect.any(String), lines: 5, decisions: 2, problem_count: 0 }],
      },
    ])
  })

  for (const [name, change, kind, line] of [
    [
      'an edited line',
      (at: Desk) => writeFileSync(at.logFile, logOf(at).replace('"user":"alice"', '"user":"carol"')),
      'edited',
      2,
    ],
    [
      'a removed line',
      (at: Desk) => writeFileSync(at.logFile, logOf(at).replace(/^.*"seq":3.*\n/m, '')),
      'missing',
      3,
    ],
    [
      'a log that was cut off',
      (at: Desk) => truncateSync(at.logFile, logOf(at).trimEnd().lastIndexOf('\n') + 1),
      'truncated',
      0,
    ],
  ] as const) {
    it(`finds ${name} and says where`, async () => {
      const at = await deskWithLog()
      change(at)
      const text = await at.run('log', 'verify')
      expect([text.status, text.stdout]).toEqual([1, ''])
      expect(text.stderr).toMatch(
        /^sentinel: error: the log .* is not as it was written: .*problems? \[LOG_BROKEN\]\n/,
      )
      if (line > 0) expect(text.stderr).toMatch(new RegExp(`^ {2}line ${line}: `, 'm'))
      const json = await at.run('log', 'verify', '--json')
      const verdict = JSON.parse(json.stdout)
      expect([json.status, json.stderr, verdict.whole]).toEqual([1, '', false])
      expect(verdict.problems).toContainEqual(expect.objectContaining({ kind }))
      expect(verdict.problem_count).toBeGreaterThan(0)
    })
  }

  it('counts half a line at the end as a note', async () => {
    const at = await deskWithLog()
    appendFileSync(at.logFile, '{"seq":6,')
    const { status, stdout } = await at.run('log', 'verify')
    expect([status, stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(/^note: line 6: /)])
  })

  it('takes another file, and says when there is none', async () => {
    const at = await deskWithLog()
    const { status, stderr } = await at.run('log', 'verify', '--log', 'no.jsonl')
    expect([status, stderr]).toEqual([1, expect.stringContaining('[LOG_UNREADABLE]')])
    const json = await at.run('log', 'verify', '--log-file', 'no.jsonl', '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'LOG_UNREADABLE' } })
  })
})

describe('log rotate', () => {
  const rotated = '.local/state/sentinel/decisions-20260203T100000Z.jsonl'

  it('moves the log aside, and both files are one log for verify and why', async () => {
    const at = await deskWithLog()
    const [older, id] = [`${at.home}/${rotated}`, String(at.log()[0]?.request_id)]
    const { status, stdout, stderr } = await at.run('log', 'rotate')
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toBe(`${older}: what was recorded so far\n${at.logFile}: goes on from it\n`)
    await at.run('credentials', '--profile', 'dev', '--policy-file', 'p.yaml')
    const verified = await at.run('log', 'verify')
    expect(verified.stdout).toBe(
      `${older}: 6 lines, 2 decisions\n${at.logFile}: 4 lines, 1 decision\n` +
        `${at.logFile}: the log is whole: 10 lines, 3 decisions in 2 files\n`,
    )
    expect((await at.run('why', id)).stdout).toContain(`\n  recorded in    ${older}\n`)
    const json = await jsonOf(at, 'why', id)
    expect(json).toMatchObject({
      decision: { file: older, line: 2 },
      outcomes: [{ file: older, line: 3 }],
      uses: [{ file: older, line: 5 }, { line: 4 }],
    })
    const own = await at.run('why', String(at.log()[0]?.request_id))
    expect(own.stdout).toContain('log rotate')
  })

  it('says as JSON where both are, and verify where what is missing belongs', async () => {
    const at = await deskWithLog()
    const { stdout } = await at.run('log', 'rotate', '--json')
    const told = JSON.parse(stdout)
    expect(told).toEqual({
      file: at.logFile,
      log: expect.stringMatching(/^[0-9a-f]{16}$/),
      older: `${at.home}/${rotated}`,
      older_log: expect.stringMatching(/^[0-9a-f]{16}$/),
      request_id: at.log()[0]?.request_id,
    })
    rmSync(told.older)
    const { status, stderr } = await at.run('log', 'verify')
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining(
        `  log ${told.older_log} with 6 lines stood here before and is not beside this one\n`,
      ),
    ])
    expect((await at.run('log', 'verify', '--only')).status).toBe(0)
  })

  it('refuses to rotate nothing, and what is no log of this person', async () => {
    const at = await desk()
    const refused = async (...argv: string[]) => (await at.run('log', 'rotate', ...argv)).stderr
    expect(await refused()).toContain('there is nothing to rotate')
    at.write('notes.txt', 'bread\nmilk\n')
    expect(await refused('--log-file', 'notes.txt')).toMatch(
      /does not begin as a log of yours.*\[LOG_NOT_ROTATED\]/,
    )
    expect(at.read('notes.txt')).toBe('bread\nmilk\n')
  })
})

describe('log accept-clock', () => {
  it('lets decisions go on after a clock that was wrong, and is in the record without a name', async () => {
    const at = await deskWithLog()
    at.clock.advance(-3_600_000)
    const ask = () => at.run('credentials', '--profile', 'dev', '--policy-file', 'p.yaml')
    expect((await ask()).stderr).toContain('[CLOCK_SKEW]')
    const { status, stdout } = await at.run('log', 'accept-clock', '--reason', 'it woke up in 2031')
    expect([status, stdout]).toEqual([0, 'The log goes on with the time of this clock.\n'])
    expect(at.log().at(-1)).toMatchObject({ event: 'accept-clock', user: '', reason: 'it woke up in 2031' })
    expect((await ask()).status).toBe(0)
    expect((await at.run('log', 'verify')).status).toBe(0)
  })
})
