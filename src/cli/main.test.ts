import { describe, expect, it } from 'vitest'
import { fakeClock } from '../base/clock.fake.ts'
import { SentinelError } from '../base/index.ts'
import { type Command, command, type Program } from './command.ts'
import { openDeps } from './deps.ts'
import { type FakeWorld, fakeIo } from './io.fake.ts'
import { main } from './main.ts'

const show = command({
  name: 'show',
  summary: 'Show what was understood',
  description: ['A second paragraph.'],
  examples: ['sentinel show --profile dev'],
  flags: {
    profile: { type: 'string', help: 'profile to use', required: true, env: 'SENTINEL_PROFILE' },
    duration: { type: 'duration', help: 'how long', default: 3600, short: 'd' },
    output: { type: 'choice', choices: ['json', 'text'], help: 'form', default: 'text' },
    insecure: { type: 'boolean', help: 'trust', env: 'SENTINEL_INSECURE' },
    tag: { type: 'list', help: 'tags', env: 'SENTINEL_TAG' },
    json: { type: 'boolean', help: 'print JSON' },
    old: { type: 'boolean', help: 'gone', hidden: true },
  },
  positionals: { id: { help: 'request' } },
  run({ io }, values) {
    io.stdout.write(JSON.stringify(values))
    return 0
  },
})

const fail = (name: string, flags: Command['flags'] = {}) =>
  command({
    name,
    summary: 'Fail',
    examples: [`sentinel ${name}`],
    flags,
    passthrough: { placeholder: 'command', help: 'child' },
    exits: 'exec',
    run: () => {
      throw new SentinelError('COMMAND_NOT_FOUND', 'no `\u001b[31mls`', {
        hint: 'try\u202e again',
        details: ['  1 | a\n  ^'],
      })
    },
  })
const broken = command({
  name: 'log break',
  summary: 'Break',
  examples: ['sentinel log break'],
  flags: { json: { type: 'boolean', help: 'print JSON' } },
  run: () => {
    throw new TypeError('x is not a function')
  },
})
const deep = command({
  name: 'log old break',
  summary: 'Break deeper',
  examples: ['sentinel log old break'],
  flags: {},
  run: ({ io }) => {
    io.stdout.write('deep')
    return 0
  },
})
const policy = command({
  name: 'judge',
  summary: 'Judge',
  examples: ['sentinel judge'],
  group: 'language',
  flags: {
    json: { type: 'boolean', help: 'print JSON' },
    color: { type: 'boolean', help: 'colours', default: true },
  },
  positionals: { file: { help: 'file' } },
  run: ({ io }, { color, file }) => {
    if (file === 'missing') throw new SentinelError('FILE_UNREADABLE', 'no such file')
    io.stdout.write(JSON.stringify({ color, file }))
    return 0
  },
})
const program: Program = {
  hot: new Map([
    ['show', async () => [show]],
    ['hot', async () => [show, fail('hot')]],
  ]),
  sections: async () => [
    { title: 'Tests', commands: [show, fail('hot'), fail('cold'), broken, deep, policy] },
  ],
}

async function run(line: string | readonly string[], world: FakeWorld = {}) {
  const io = fakeIo(world)
  const deps = openDeps(io, { clock: fakeClock(0), random: { bytes: (length) => new Uint8Array(length) } })
  const status = await main(typeof line === 'string' ? line.split(' ').filter(Boolean) : line, deps, program)
  return { status, ...io.written }
}
const values = async (line: string, world: FakeWorld = {}) => JSON.parse((await run(line, world)).stdout)

describe('values', () => {
  const dev = {
    profile: 'dev',
    duration: 3600,
    output: 'text',
    insecure: false,
    tag: [],
    json: false,
    old: false,
    rest: [],
  }
  for (const [name, line, env, want] of [
    ['defaults fill what is absent', 'show --profile dev', {}, {}],
    ['a flag goes over the environment', 'show --profile dev', { SENTINEL_PROFILE: 'prod' }, {}],
    ['the environment goes over the default', 'show', { SENTINEL_PROFILE: 'prod' }, { profile: 'prod' }],
    ['durations are seconds', 'show --profile dev -d 1h30m', {}, { duration: 5400 }],
    ['bare seconds are a duration', 'show --profile dev --duration=900', {}, { duration: 900 }],
    ['a variable switches on', 'show --profile dev', { SENTINEL_INSECURE: '1' }, { insecure: true }],
    [
      'a flag switches off again',
      'show --profile dev --no-insecure',
      { SENTINEL_INSECURE: '1' },
      { insecure: false },
    ],
    [
      'a list comes from the environment as one',
      'show --profile dev',
      { SENTINEL_TAG: 'a,b' },
      { tag: ['a,b'] },
    ],
    ['a positional has its name', 'show --profile dev 5f0c', {}, { id: '5f0c' }],
    ['short flags may be bundled with their value', 'show --profile dev -d15m', {}, { duration: 900 }],
  ] as const) {
    it(name, async () => expect(await values(line, { env })).toEqual({ ...dev, ...want }))
  }
})

describe('a command line that cannot be used says why, exit 1', () => {
  for (const [name, line, env, want] of [
    ['a required flag', 'show', {}, '`--profile` is required (or SENTINEL_PROFILE in the environment)'],
    ['an empty variable is absent', 'show', { SENTINEL_PROFILE: '' }, '`--profile` is required'],
    ['an empty flag', 'show --profile=', {}, '`--profile` is empty'],
    ['a flag given twice', 'show --profile a --profile b', {}, '`--profile` is given 2 times'],
    [
      'a flag that swallowed the next',
      'show --profile --tag',
      {},
      '`--profile` needs a value, but `--tag` follows',
    ],
    ['a missing value', 'show --profile', {}, 'argument missing'],
    [
      'a wrong choice',
      'show --profile a --output xml',
      {},
      '`--output` must be one of json, text, not `xml`',
    ],
    ['a wrong duration', 'show --profile a -d soon', {}, '`soon` is not a duration'],
    [
      'a switch that is neither',
      'show --profile a',
      { SENTINEL_INSECURE: 'maybe' },
      'must be 1 or 0, not `maybe`',
    ],
    ['too many words', 'show --profile a b c', {}, 'unexpected argument `c`'],
    ['an unknown flag', 'show --profil a', {}, 'unknown option `--profil`'],
    ['an unknown flag suggests the nearest', 'show --profil a', {}, 'hint: did you mean `--profile`?'],
    ['an unknown command', 'shwo', {}, 'unknown command `shwo`'],
    ['an unknown command suggests the nearest', 'shwo', {}, 'hint: did you mean `show`?'],
    ['the second word alone', 'break', {}, 'hint: did you mean `sentinel log break`?'],
    ['an unknown word of a group', 'log brake', {}, 'hint: did you mean `break`?'],
    ['a usage error points to the help', 'show --nothing-like-it', {}, 'hint: see `sentinel show --help`'],
  ] as const) {
    it(name, async () => {
      const { status, stdout, stderr } = await run(line, { env })
      expect([status, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(/^sentinel: error: .* \[(USAGE|DURATION_INVALID)\]\nsentinel: hint: .*\n$/)
      expect(stderr).toContain(want)
    })
  }
})

describe('help is printed on stdout with exit 0', () => {
  for (const [name, line, want] of [
    [
      'of the program',
      '--help',
      /^Usage: sentinel <command> \[flags\]\n[\s\S]*Tests:\n {2}show [\s\S]*log +break/,
    ],
    ['of the program, by the word', 'help', /^Usage: sentinel <command>/],
    ['of a command', 'show --help', /^Usage: sentinel show [\s\S]*A second paragraph/],
    ['of a command, by the word', 'help show', /^Usage: sentinel show /],
    ['of a command of a group', 'log break --help', /^Usage: sentinel log break /],
    ['of a group', 'log --help', /^Usage: sentinel log <command>[\s\S]*break +Break/],
    ['with the defaults and variables', 'show --help', /default 1h[\s\S]*trust \(or SENTINEL_INSECURE\)/],
    ['with examples', 'show --help', /\nExamples:\n {2}sentinel show --profile dev\n/],
    ['with exit statuses', 'hot --help', /\nExit status:\n[\s\S]*127 +the command was not found[\s\S]*\n$/],
  ] as const) {
    it(name, async () => {
      const { status, stdout, stderr } = await run(line)
      expect([status, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(want)
      expect(stdout).not.toContain('\u001b')
    })
  }

  it('hidden flags are not shown', async () => {
    expect((await run('show --help')).stdout).not.toContain('--old')
  })
  it('titles are bold on a terminal, unless NO_COLOR', async () => {
    expect((await run('--help', { isTTY: true })).stdout).toContain('\u001b[1m')
    expect((await run('--help', { isTTY: true, env: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b')
    expect((await run('--help', { env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[1m')
  })
  it('nothing at all prints the help on stderr, exit 1', async () => {
    const { status, stdout, stderr } = await run('')
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain('Usage: sentinel')
  })
  it('a child that asks for help gets the flag', async () => {
    expect((await run('hot ls --help')).status).toBe(127)
  })
})

it('a command may have three words', async () => {
  expect((await run('log old break')).stdout).toBe('deep')
  expect((await run('log old --help')).stdout).toMatch(
    /^Usage: sentinel log old <command>[\s\S]*break +Break deeper/,
  )
})

describe('errors', () => {
  it("are printed once, stripped, with code, details and hint; the status is the code's", async () => {
    for (const name of ['hot', 'cold']) {
      expect(await run(`${name} ls`)).toEqual({
        status: 127,
        stdout: '',
        stderr: 'sentinel: error: no `ls` [COMMAND_NOT_FOUND]\n  1 | a\n  ^\nsentinel: hint: try again\n',
      })
    }
  })
  it('are JSON on stdout where the command has --json', async () => {
    const { status, stdout, stderr } = await run('log break --json')
    expect([status, stderr]).toEqual([1, ''])
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('x is not a'),
    })
  })
  it('are not JSON when --json belongs to a child', async () => {
    expect((await run('hot ls --json')).stdout).toBe('')
  })
  it('show their stack only when asked', async () => {
    expect((await run('log break')).stderr).not.toContain('main.test.ts')
    const { stderr } = await run('log break', { env: { SENTINEL_TRACE: 'stack' } })
    expect(stderr).toMatch(
      /SentinelError: [\s\S]*caused by: TypeError: x is not a function\n +at [\s\S]*main\.test\.ts/,
    )
  })
  it('of a closed output are not printed', async () => {
    const io = fakeIo()
    const closed = {
      ...io,
      stdout: {
        isNull: false,
        isTTY: false,
        write: () => {
          throw new SentinelError('OUTPUT_CLOSED', 'x')
        },
      },
    }
    const deps = openDeps(closed, {
      clock: fakeClock(0),
      random: { bytes: (length) => new Uint8Array(length) },
    })
    expect(await main(['show', '--profile', 'a'], deps, program)).toBe(1)
    expect(io.written.stderr).toBe('')
  })
})

describe('a command of the policy language', () => {
  it('takes flags with one dash', async () => {
    expect(await values('judge -color=false p')).toEqual({ color: false, file: 'p' })
    expect(await values('judge p')).toEqual({ color: true, file: 'p' })
  })

  for (const [name, line, message] of [
    [
      'an unknown flag',
      'judge -jsn',
      'unknown option `--jsn` [USAGE]\nsentinel: hint: did you mean `--json`?',
    ],
    ['a failure', 'judge missing', 'no such file [FILE_UNREADABLE]'],
    ['one argument too many', 'judge a b', '[USAGE]'],
  ] as const) {
    it(`ends with status 9 after ${name}`, async () => {
      const { status, stderr, stdout } = await run(line)
      expect([status, stdout]).toEqual([9, ''])
      expect(stderr).toContain(message)
    })
  }

  it('answers errors in JSON where JSON is asked for with one dash', async () => {
    const { status, stdout } = await run('judge -json missing')
    expect([status, JSON.parse(stdout).error.code]).toEqual([9, 'FILE_UNREADABLE'])
  })
})
