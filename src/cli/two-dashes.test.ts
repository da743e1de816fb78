import { describe, expect, it } from 'vitest'
import { command } from './command.ts'
import { frameworkParse } from './framework.ts'
import { fakeIo } from './io.fake.ts'
import { leanParse } from './lean.ts'
import { withTwoDashes } from './two-dashes.ts'

const base = {
  name: 'probe',
  summary: 'Probe',
  examples: ['sentinel probe'] as const,
  flags: {
    json: { type: 'boolean', help: 'h' },
    color: { type: 'boolean', help: 'h', default: true },
    param: { type: 'list', help: 'h', short: 'p' },
    maxConcurrency: { type: 'string', help: 'h', aliases: ['maxConcurrency'] },
  },
  positionals: { file: { help: 'h', repeated: true } },
  run: () => 0,
} as const
const probe = command({ ...base, group: 'language' })

describe('a command line as Go writes it', () => {
  for (const [name, line, want] of [
    ['one dash becomes two', '-json a', '--json a'],
    ['two dashes stay', '--json a', '--json a'],
    ['a value behind =', '-param=a=b', '--param=a=b'],
    ['a value that follows', '-param a=b -json', '--param a=b --json'],
    ['a value that looks like a flag', '-param -json', '--param -json'],
    ['a short flag, and its value', '-p -json', '--param -json'],
    ['a short flag and a value behind =', '-p=x', '--param=x'],
    ["a flag's other name", '-maxConcurrency 2', '--max-concurrency 2'],
    ['a switch with a value', '-json=true -color=false', '--json --no-color'],
    ["Go's other words for true and false", '--json=1 --color=F', '--json --no-color'],
    ['a switch that is undone', '-no-color', '--no-color'],
    ['help', '-h -help', '--help --help'],
    ['what nobody knows', '-jsno=x', '--jsno=x'],
    ['names and numbers without a flag', 'a - -5 --=x', 'a - -5 --=x'],
    ['everything behind --', '-json -- -json', '--json -- -json'],
    ['a flag without its value', '-param', '--param'],
  ] as const) {
    it(name, () => expect(withTwoDashes(probe, line.split(' ')).join(' ')).toBe(want))
  }

  it('a switch takes no other value', () =>
    expect(() => withTwoDashes(probe, ['-json=maybe'])).toThrow(
      '`-json` is a switch: true or false, not `maybe`',
    ))

  it('is not for the other commands', () =>
    expect(withTwoDashes(command(base), ['-json', '-color=false'])).toEqual(['-json', '-color=false']))
})

it('both parsers read it alike', () => {
  const line = ['-json', '-param', 'x', '-p=b', 'file', '-color=false', '-maxConcurrency=3', '--', '-json']
  const want = {
    flags: new Map([
      ['json', ['true']],
      ['param', ['x', 'b']],
      ['color', ['false']],
      ['maxConcurrency', ['3']],
    ]),
    positionals: ['file', '-json'],
  }
  expect(frameworkParse(probe, line, fakeIo())).toEqual(want)
  expect(leanParse(probe, line)).toEqual(want)
})
