import { expect, expectTypeOf, it } from 'vitest'
import { command, flagName } from './command.ts'

it('the types of the values follow from the flags', () => {
  command({
    name: 'probe',
    summary: 'Probe',
    examples: ['sentinel probe x'],
    flags: {
      profile: { type: 'string', help: 'h', required: true },
      region: { type: 'string', help: 'h' },
      root: { type: 'string', help: 'h', default: '/sentinel/policies' },
      duration: { type: 'duration', help: 'h' },
      wait: { type: 'duration', help: 'h', default: 900 },
      output: { type: 'choice', choices: ['json', 'yaml'], help: 'h', default: 'json' },
      tag: { type: 'list', help: 'h' },
      server: { type: 'boolean', help: 'h' },
    },
    positionals: { id: { help: 'h', required: true }, more: { help: 'h', repeated: true } },
    run(_deps, values) {
      expectTypeOf(values.profile).toEqualTypeOf<string>()
      expectTypeOf(values.region).toEqualTypeOf<string | undefined>()
      expectTypeOf(values.root).toEqualTypeOf<string>()
      expectTypeOf(values.duration).toEqualTypeOf<number | undefined>()
      expectTypeOf(values.wait).toEqualTypeOf<number>()
      expectTypeOf(values.output).toEqualTypeOf<'json' | 'yaml'>()
      expectTypeOf(values.tag).toEqualTypeOf<readonly string[]>()
      expectTypeOf(values.server).toEqualTypeOf<boolean>()
      expectTypeOf(values.id).toEqualTypeOf<string>()
      expectTypeOf(values.more).toEqualTypeOf<readonly string[]>()
      expectTypeOf(values.rest).toEqualTypeOf<readonly string[]>()
      return 0
    },
  })
})

it('names flags on the command line in kebab case', () => {
  expect(['profile', 'policyParameter', 'awsProfile'].map(flagName)).toEqual([
    'profile',
    'policy-parameter',
    'aws-profile',
  ])
})
