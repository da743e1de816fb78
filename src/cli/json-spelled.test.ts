import { describe, expect, it } from 'vitest'
import { command } from './command.ts'
import { jsonSpelled, withJsonFlag } from './json-spelled.ts'

describe("the reference's ways to ask for JSON", () => {
  for (const [line, want] of [
    ['--output json', '--json'],
    ['--format json', '--json'],
    ['--output=json --region x', '--json --region x'],
    ['--output human', '--no-json'],
    ['id --reason over --format=human', 'id --reason over --no-json'],
    ['--output yaml', '--output yaml'],
    ['--output', '--output'],
    ['--json', '--json'],
    ['a -- --output json', 'a -- --output json'],
  ] as const) {
    it(`${line} is ${want}`, () => expect(jsonSpelled(line.split(' ')).join(' ')).toBe(want))
  }

  it('count for every command that has --json and no such flag of its own', () => {
    const base = { name: 'probe', summary: 's', examples: ['sentinel probe'] as const, run: () => 0 }
    const json = { type: 'boolean', help: 'h' } as const
    const output = { type: 'string', help: 'h' } as const
    const argv = ['--output', 'json']
    expect(withJsonFlag(command({ ...base, flags: { json } }), argv)).toEqual(['--json'])
    expect(withJsonFlag(command({ ...base, flags: { json, output } }), argv)).toEqual(argv)
    expect(withJsonFlag(command({ ...base, flags: {} }), argv)).toEqual(argv)
  })
})
