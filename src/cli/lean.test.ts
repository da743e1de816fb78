import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { command } from './command.ts'
import { frameworkParse } from './framework.ts'
import { fakeIo } from './io.fake.ts'
import { leanParse } from './lean.ts'

const flags = {
  profile: { type: 'string', help: 'h', short: 'p', aliases: ['for'] },
  policyParameter: { type: 'string', help: 'h' },
  duration: { type: 'duration', help: 'h', short: 'd' },
  tag: { type: 'list', help: 'h' },
  server: { type: 'boolean', help: 'h', short: 's' },
  json: { type: 'boolean', help: 'h', aliases: ['machine'] },
} as const
const base = { summary: 'Probe', examples: ['sentinel probe'] as const, flags, run: () => 0 }
const plain = command({ ...base, name: 'probe', positionals: { id: { help: 'h', repeated: true } } })
const passing = command({ ...base, name: 'probe', passthrough: { placeholder: 'command', help: 'h' } })

const shown = (typed: ReturnType<typeof leanParse>) =>
  typed && { ...Object.fromEntries(typed.flags), _: typed.positionals }

describe('the lean parser reads', () => {
  for (const [name, line, want] of [
    ['a flag and its value', ['--profile', 'dev'], { profile: ['dev'], _: [] }],
    ['a value behind =', ['--profile=a=b'], { profile: ['a=b'], _: [] }],
    ['an empty value behind =', ['--profile='], { profile: [''], _: [] }],
    ['a value that looks like a flag behind =', ['--profile=-x'], { profile: ['-x'], _: [] }],
    ['two words of a name', ['--policy-parameter', '/p'], { policyParameter: ['/p'], _: [] }],
    ['a short flag', ['-d', '1h'], { duration: ['1h'], _: [] }],
    ['another name of a flag', ['--for', 'dev', '--machine'], { profile: ['dev'], json: ['true'], _: [] }],
    ['a switch, and its opposite', ['-s', '--no-server'], { server: ['true', 'false'], _: [] }],
    ['a list in order', ['--tag', 'a', '--tag', 'b'], { tag: ['a', 'b'], _: [] }],
    ['positionals between flags', ['x', '--json', 'y'], { json: ['true'], _: ['x', 'y'] }],
    ['everything behind -- as positionals', ['--', '--json'], { _: ['--json'] }],
    ['a lone dash as a positional', ['-'], { _: ['-'] }],
  ] as const) {
    it(name, () => expect(shown(leanParse(plain, line))).toEqual(want))
  }
})

describe('the lean parser leaves to the framework', () => {
  for (const [name, line] of [
    ['help', ['--help']],
    ['an unknown flag', ['--profil', 'dev']],
    ['a missing value', ['--profile']],
    ['a value that looks like a flag', ['--profile', '--server']],
    ['a value for a switch', ['--server=yes']],
    ['bundled short flags', ['-sd', '1h']],
    ['a name from the prototype', ['--constructor']],
  ] as const) {
    it(name, () => expect(leanParse(plain, line)).toBeUndefined())
  }
})

describe("a child's command line", () => {
  for (const [name, line, want] of [
    [
      'begins at the first word',
      ['-s', 'aws', '--json', 's3'],
      { server: ['true'], _: ['aws', '--json', 's3'] },
    ],
    ['begins behind --', ['--', '--json', '--', 'x'], { _: ['--json', '--', 'x'] }],
    ['keeps its own --', ['npm', 'run', '--', '-x'], { _: ['npm', 'run', '--', '-x'] }],
    ['may be absent', ['--json'], { json: ['true'], _: [] }],
  ] as const) {
    it(name, () => expect(shown(leanParse(passing, line))).toEqual(want))
  }
})

describe('both parsers agree', () => {
  const word = fc.constantFrom(
    ...[
      '--profile',
      '--profile=dev',
      '-p',
      '--for',
      '--policy-parameter=/a',
      '-d',
      '1h',
      '--tag',
      '--tag=',
      '-s',
    ],
    ...[
      '--server',
      '--no-server',
      '--json',
      '--no-machine',
      '--',
      '-',
      '',
      'dev',
      'aws',
      '--=x',
      '-dx',
      'a=b',
    ],
    ...['--server=1', '-sp', '--help', '-5', '--profile=--json', '--tag=a\nb'],
  )
  for (const [name, probe] of [
    ['on commands', plain],
    ["on a child's command line", passing],
  ] as const) {
    it(name, () => {
      fc.assert(
        fc.property(fc.array(word, { maxLength: 6 }), (line) => {
          const lean = leanParse(probe, line)
          if (lean === undefined) return
          expect(shown(frameworkParse(probe, line, fakeIo()))).toEqual(shown(lean))
        }),
        { numRuns: 2000 },
      )
    })
  }
})
