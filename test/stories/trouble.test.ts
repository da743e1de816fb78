// Whatever goes wrong on the way to credentials ends alike: one typed error with a hint, exit 1, nothing on stdout,
// nothing issued, and a line in the log where one can be written. Each row is a story of a few lines.

import { describe, it } from 'vitest'
import { runStory } from './script.ts'
import { stage } from './stage.ts'

type Trouble = {
  /** Lines of the story before the request. */
  readonly given?: readonly string[]
  /** The request; default `sentinel credentials --profile sandbox`. */
  readonly asked?: string
  readonly code: string
  /** What the message or hint says, as a pattern. */
  readonly says?: string
  /** How often AssumeRole was reached; default never. */
  readonly assumed?: number
  /** Whether the log must have a line about it. */
  readonly log?: 'written' | 'unwritable'
}

const policy = `-- policy.yaml --
version: "1"
rules:
  - {name: all, effect: allow, conditions: {}}
`
const log = 'home/.local/state/sentinel/decisions.jsonl'
const asked = 'sentinel credentials --profile sandbox --policy-file policy.yaml'

function tell(name: string, trouble: Trouble): void {
  it(name, async () => {
    const { code, says, given = [], assumed = 0 } = trouble
    const lines = [
      'start aws',
      ...given,
      `? 1 ${trouble.asked ?? asked}`,
      '! stdout',
      `stderr -count=1 '^sentinel: error: .*\\[${code}\\]$'`,
      `stderr -count=1 '^sentinel: hint: .+$'`,
      ...(says === undefined ? [] : [`stderr '${says}'`]),
      `calls ${assumed} AssumeRole`,
      ...(trouble.log === 'unwritable' ? [] : [`grep '"outcome":"error","error_code":"${code}"' ${log}`]),
      ...(trouble.log === 'unwritable' ? [] : ['sentinel log verify']),
    ]
    await runStory(`${name}.txtar`, `${lines.join('\n')}\n${policy}`, stage)
  })
}

const profile = (name: string, ...settings: string[]) =>
  [`[profile ${name}]`, 'region = us-east-1', ...settings].map((line) => `append home/.aws/config '${line}'`)
const role = 'role_arn = arn:aws:iam::111122223333:role/SandboxRole'

describe('STS, when it is asked who somebody is', () => {
  for (const [kind, code] of [
    ['deny', 'STS_ACCESS_DENIED'],
    ['throttle', 'STS_THROTTLED'],
    ['error', 'STS_ERROR'],
    ['empty', 'STS_ERROR'],
    ['truncated', 'STS_ERROR'],
    ['reset', 'AWS_UNREACHABLE'],
  ] as const) {
    tell(kind, { given: [`fault GetCallerIdentity ${kind}`], code })
  }
})

describe('STS, when the role is to be assumed', () => {
  for (const [kind, code, assumed] of [
    ['deny', 'STS_ACCESS_DENIED', 1],
    ['throttle', 'STS_THROTTLED', 3],
    ['error', 'STS_ERROR', 3],
    ['empty', 'STS_ERROR', 1],
    ['truncated', 'STS_ERROR', 1],
    ['reset', 'AWS_UNREACHABLE', 3],
  ] as const) {
    tell(kind, { given: [`fault AssumeRole ${kind}`], code, assumed })
  }
})

describe('Systems Manager, when it is asked for the policy', () => {
  for (const [kind, code] of [
    ['deny', 'SSM_ACCESS_DENIED'],
    ['throttle', 'SSM_THROTTLED'],
    ['error', 'SSM_ERROR'],
    ['empty', 'SSM_ERROR'],
    ['truncated', 'SSM_ERROR'],
    ['reset', 'AWS_UNREACHABLE'],
  ] as const) {
    const given = ['sentinel init bootstrap --profile sandbox --yes', `fault GetParameter ${kind}`]
    tell(kind, { given, asked: 'sentinel credentials --profile sandbox', code })
  }
})

describe('clocks', () => {
  const built = `built ${asked}`
  tell('ours is 6 minutes behind the one of AWS', {
    given: ['clock +6m'],
    asked: built,
    code: 'CLOCK_SKEW',
    says: 'is [56]m\\S* behind the one of AWS',
  })
  tell('ours is so far behind that AWS takes no signature', {
    given: ['clock +40m'],
    asked: built,
    code: 'CLOCK_SKEW',
  })
})

describe('profiles', () => {
  tell('a loop of source_profile', {
    given: [
      ...profile('a', role, 'source_profile = b'),
      ...profile('b', role, 'source_profile = c'),
      ...profile('c', role, 'source_profile = a'),
    ],
    asked: asked.replace('sandbox', 'a'),
    code: 'CONFIG_PROFILE_LOOP',
    says: 'a.*b.*c.*a',
  })
  tell('a profile that is not there', {
    asked: asked.replace('sandbox', 'sandbax'),
    code: 'CONFIG_PROFILE_NOT_FOUND',
    says: 'sandbox',
  })
  tell('a profile called __proto__ that is not there', {
    asked: asked.replace('sandbox', '__proto__'),
    code: 'CONFIG_PROFILE_NOT_FOUND',
  })
  tell('a stamp of the profile itself', {
    given: profile('own', role, 'source_profile = alice', 'source_identity = carol'),
    asked: asked.replace('sandbox', 'own'),
    code: 'CONFIG_INVALID',
  })
  tell('a source without keys', {
    given: profile('nobody', role, 'source_profile = empty').concat(profile('empty')),
    asked: asked.replace('sandbox', 'nobody'),
    code: 'CONFIG_MISSING_CREDENTIALS',
  })
})

describe('durations are refused before the call', () => {
  for (const [name, given, request] of [
    ['under 15 minutes', [], `${asked} --duration 14m`],
    ['over 12 hours', [], `${asked} --duration 12h1s`],
    ['over one hour, of a chained role', [], `${asked.replace('sandbox', 'deploy')} --duration 61m`],
    [
      'of the profile',
      profile('short', role, 'source_profile = alice', 'duration_seconds = 899'),
      asked.replace('sandbox', 'short'),
    ],
    ['of the environment', ['env AWS_ASSUME_ROLE_TTL=13h'], asked],
  ] as const) {
    tell(name, { given, asked: request, code: 'DURATION_INVALID' })
  }
})

describe('the cache, edited by hand', () => {
  const edited = (folder: string) => [
    `run sh -c 'for file in home/.cache/sentinel/${folder}/*; do printf x >> "$file"; done'`,
  ]
  const before = ['sentinel init bootstrap --profile sandbox --yes', 'sentinel credentials --profile sandbox']
  for (const folder of ['policies', 'callers', 'sessions']) {
    tell(folder, {
      given: [...before, ...edited(folder)],
      asked: 'sentinel credentials --profile sandbox',
      code: 'CACHE_TAMPERED',
      says: `hint: .*rm .*/${folder}/`,
      assumed: 1,
    })
  }
})

describe('the log cannot be written', () => {
  for (const [name, given, file] of [
    ['its folder is missing', [], 'nowhere/log.jsonl'],
    ['it is a folder', ['mkdir log.jsonl'], 'log.jsonl'],
    ['it is a device', [], '/dev/null'],
    ['its folder is a file', [], 'policy.yaml/log.jsonl'],
  ] as const) {
    tell(name, { given, asked: `${asked} --log-file ${file}`, code: 'LOG_UNWRITABLE', log: 'unwritable' })
  }
})
