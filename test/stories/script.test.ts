import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Command, command, type Program } from '../../src/cli/command.ts'
import { ask } from '../../src/cli/terminal.ts'
import { runStory, StoryFailure, StorySkipped } from './script.ts'
import { formatArchive, parseArchive } from './txtar.ts'
import { scriptLines, splitWords } from './words.ts'
import type { Stage } from './world.ts'

const base = { summary: 'Probe', examples: ['sentinel x'] as const, flags: {} }
const commands: readonly Command[] = [
  command({
    ...base,
    name: 'say',
    positionals: { text: { help: 'h', required: true }, status: { help: 'h' } },
    run({ io }, { text, status }) {
      io.stdout.write(`${text}\n`)
      io.stderr.write(`said ${text}\n`)
      return Number(status ?? 0)
    },
  }),
  command({
    ...base,
    name: 'world',
    run({ io, clock }) {
      io.stdout.write(
        JSON.stringify({ now: clock.now(), cwd: io.cwd, home: io.env.HOME, stdin: io.stdin.readAll() }),
      )
      return 0
    },
  }),
  command({
    ...base,
    name: 'child',
    passthrough: { placeholder: 'command', help: 'h' },
    async run({ io }, { rest: [file = '', ...args] }) {
      const child = await io.spawn(file, args, { env: io.env, verbatim: false })
      return await new Promise((done) => child.once('exit', (code) => done(code ?? 1)))
    },
  }),
  command({
    ...base,
    name: 'ask',
    async run({ io }) {
      io.stdout.write(`hello ${await ask(io, 'who?', { instead: 'x' })}\n`)
      return 0
    },
  }),
]
const program: Program = {
  hot: new Map(),
  sections: async () => [{ title: 'Probes', commands }],
}

let closed = 0
const stage: Stage = {
  program,
  golden: 'compared',
  node: process.execPath,
  entry: '/nonexistent/sentinel.cjs',
  startAws: async (clock) => ({
    env: { AWS_ENDPOINT_URL: `http://127.0.0.1:1/${clock.now()}` },
    home: new Map([['.aws/config', '[profile dev]\n']]),
    calls: () => ['AssumeRole', 'GetParameter', 'AssumeRole'],
    fault: (action, kind, times) => {
      throw new Error(`told: ${action} ${kind} ${times}`)
    },
    startProxy: async (tls) => ({ url: `http://proxy/${tls}`, authority: 'signed' }),
    close: async () => {
      closed++
    },
  }),
}

const run = (text: string) => runStory('a.txtar', text, stage)

describe('a story holds', () => {
  for (const [name, text] of [
    ['a command and what it prints', "sentinel say hi\nstdout '^hi$'\nstderr said\n! stdout said"],
    [
      'a proxy, and who vouches for it',
      'start aws\nstart proxy TLSv1.1\nsentinel say $PROXY\nstdout TLSv1.1$\ngrep signed authority.pem',
    ],
    ['a failure that is expected', '! sentinel say hi 3\n? 3 sentinel say hi 3\n? 0 sentinel say hi'],
    ['matches that are counted', 'sentinel say aXa\nstdout -count=2 a\nstdout -count=0 b'],
    ['nothing on an output', 'node -e 0\n! stdout\n! stderr'],
    ['a line continued', 'sentinel say \\\n  "a b"\nstdout "^a b$"'],
    [
      'a variable, and one in a pattern',
      'env X=a.c\nsentinel say $X\nstdout "^${X}$"\nsentinel say abc\n! stdout $X',
    ],
    ['no variable in single quotes', "sentinel say '$X'\nstdout '\\$X'"],
    ['something captured', "sentinel say id=5f0c\ncapture ID 'id=(\\w+)'\nsentinel say $ID\nstdout '^5f0c$'"],
    [
      'files of the archive',
      'exists a/b\n! exists c\ncat a/b\nstdout text\ngrep text a/b\n-- a/b --\ntext\n',
    ],
    ['outputs compared', 'sentinel say text\ncmp stdout want\n! cmp stderr want\n-- want --\ntext\n'],
    ['a fake clock', "clock 1970-01-01T00:01:00Z\nclock +1m\nsentinel world\nstdout 'now\":120000,'"],
    [
      'input for one command',
      'stdin in\nsentinel world\nstdout \'stdin":"x\'\nsentinel world\nstdout \'stdin":""\'\n-- in --\nx\n',
    ],
    ['a home of its own', 'sentinel world\nstdout "cwd.:.$WORK"\nstdout "home.:.$WORK/home"'],
    [
      'a child in the folder of the story',
      "? 7 sentinel child node child.mjs\nstdout child\n-- child.mjs --\nimport { readdirSync } from 'node:fs'\nconsole.log(readdirSync('.').join())\nprocess.exit(7)\n",
    ],
    [
      'answers typed at the terminal',
      "type alice\nsentinel ask\nstdout 'hello alice'\nterminal 'who\\?'\n! sentinel ask",
    ],
    [
      'a local AWS on the clock of the story',
      "clock 1970-01-01T00:00:05Z\nstart aws\nclock +5s\nrun sh -c 'echo $AWS_ENDPOINT_URL'\nstdout '/5000$'\ncat home/.aws/config\nstdout dev",
    ],
    [
      'files changed',
      'write a one\nappend a two\ncp a b\ngrep two b\nrm a\n! exists a\nmkdir d\nexists d\nchmod 0600 b',
    ],
    ['variables written into a file', 'env X=5\nexpand f\ngrep ^a5$ f\n-- f --\na$X\n'],
    ['calls counted', 'start aws\ncalls 2 AssumeRole\ncalls 0 GetRole'],
    ['comments', '# sentinel nonsense\n\n'],
  ] as const) {
    it(name, async () => expect(await run(text)).toBe(text))
  }
})

describe('a story fails with its file and line', () => {
  for (const [name, text, want] of [
    [
      'a command that fails',
      '\nsentinel say hi 1',
      'a.txtar:2: sentinel say hi 1\nended with 1\n[last status 1]\n[stdout]\nhi',
    ],
    ['a failure that does not come', '! sentinel say hi', 'a.txtar:1: ! sentinel say hi\nsucceeded'],
    ['another status', '? 2 sentinel say hi 3', 'ended with 3, not 2'],
    [
      'stdout without a match',
      'sentinel say hi\n# x\nstdout ho',
      'a.txtar:3: stdout ho\nstdout has no match',
    ],
    ['stdout with a match', 'sentinel say hi\n! stdout hi', 'a.txtar:2: ! stdout hi\nstdout has a match'],
    ['another number of matches', 'sentinel say hi\nstdout -count=2 hi', 'stdout has 1 matches, not 2'],
    ['output where none is wanted', 'sentinel say hi\n! stderr', 'stderr has a match'],
    ['files that differ', 'cmp a b\n-- a --\nx\n-- b --\ny\n', 'a.txtar:1: cmp a b\nthey differ'],
    ['a file that is missing', 'exists a', 'a does not exist'],
    ['nothing to capture', 'sentinel say hi\ncapture X ho', 'neither stdout nor stderr has a match'],
    ['an unknown word', 'sentinal say hi', 'a story has no word `sentinal`'],
    ['an unknown variable', 'sentinel say $NOPE', '$NOPE is not set'],
    ['a line continued keeps its first number', '\nsentinel say \\\n  hi 1\n', 'a.txtar:2:'],
    ['another number of calls', 'start aws\ncalls 1 AssumeRole', '2 calls of AssumeRole, not 1'],
    ['calls without an AWS', 'calls 1 AssumeRole', 'write `start aws` before'],
    ['a fault is handed on', 'start aws\nfault AssumeRole deny 2', 'told: AssumeRole deny 2'],
    ['an unclosed quote', "sentinel say 'hi", "unclosed '"],
    ['a program that does not exist', 'run no-such-program', 'ended with 127'],
  ] as const) {
    it(name, async () => {
      const failure = await run(text).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      expect(failure).toBeInstanceOf(StoryFailure)
      expect(String(failure)).toContain(want)
    })
  }
})

it('a golden file is written anew when that is asked for', async () => {
  const story = (want: string) => `sentinel say new\ncmp stdout want\n-- want --\n${want}\n-- other --\nx\n`
  expect(await runStory('a.txtar', story('old'), { ...stage, golden: 'renewed' })).toBe(story('new'))
  expect(await run(story('new'))).toBe(story('new'))
  await expect(run(story('old'))).rejects.toThrow('they differ')
})

it('a story that needs what is not there is skipped, not passed', async () => {
  await expect(run('needs no-such-program\nsentinel say hi 1')).rejects.toBeInstanceOf(StorySkipped)
})

it('a story that fails leaves nothing behind', async () => {
  const before = closed
  const failure = String(
    await run('start aws\nsentinel world\nsentinel say hi 1').catch((thrown: unknown) => thrown),
  )
  expect(failure).toContain('ended with 1')
  expect(closed).toBe(before + 1)
  const printed = String(await run('sentinel world\nstdout nope').catch((thrown: unknown) => thrown))
  expect(existsSync(/"cwd":"([^"]+)"/.exec(printed)?.[1] ?? '/')).toBe(false)
})

describe('the words of a line', () => {
  const variables = new Map([
    ['A', 'x y'],
    ['DOT', '.'],
  ])
  for (const [line, want] of [
    ["a 'b c' d", ['a', 'b c', 'd']],
    ['a\'b\'"c"', ['abc']],
    ["'it''s'", ["it's"]],
    ["''", ['']],
    ['$A ${A}b', ['x y', 'x yb']],
    ['"$A" \'$A\'', ['x y', '$A']],
  ] as const) {
    it(line, () => expect(splitWords(line, variables).map(({ text }) => text)).toEqual(want))
  }
  it('escapes variables in patterns only', () => {
    expect(splitWords('a.$DOT', variables)).toEqual([{ text: 'a..', pattern: 'a.\\.' }])
  })
  it('keeps the numbers of lines', () => {
    expect(scriptLines('a\n\n# x\nb \\\n  c\nd\n').map(({ number }) => number)).toEqual([1, 4, 6])
  })
})

it('an archive is written as it was read', () => {
  const text = 'script\n-- a --\n1\n2\n-- b/c --\n-- d --\n--not\n'
  expect(formatArchive(parseArchive(text))).toBe(text)
  expect(parseArchive(text).files).toEqual([
    { name: 'a', text: '1\n2\n' },
    { name: 'b/c', text: '' },
    { name: 'd', text: '--not\n' },
  ])
})
