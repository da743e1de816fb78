// Garbled policies: whatever the text, the loader answers with a policy or with errors that can be shown; it never
// throws, and what it accepts can be asked.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Diagnostic, draw, positionOf, type Source } from '../../source/index.ts'
import { checkDocument, compileAccessPolicy, type DocumentKind, evaluate } from '../index.ts'
import { effects } from './compiled.ts'
import { example } from './example.fake.ts'

const scraps = [
  ...[
    '\n',
    '\t',
    ' ',
    '  ',
    ':',
    ': ',
    '- ',
    '? ',
    '&a ',
    '*a',
    '*b',
    '!x ',
    '!!map ',
    '|',
    '>',
    '"',
    "'",
    '#',
    '%YAML 1.1\n',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    '---\n',
    '...\n',
    '<<: *a',
    '~',
    'null',
    '\ufeff',
    '\r',
    '\u0000',
    '\u2028',
    '\ud83d',
    '😀',
    '\u202e',
  ],
  ...[
    'rules:',
    'effect: allow',
    'Deny',
    'conditions:',
    '__proto__: 1',
    'constructor',
    '0900',
    '-1',
    '1e999',
    '.nan',
    'true',
  ],
]
/** A text, garbled in up to five places. */
function garbled(text: string): fc.Arbitrary<string> {
  const edit = fc.record({ at: fc.nat(text.length), drop: fc.nat(30), put: fc.constantFrom('', ...scraps) })
  return fc
    .array(edit, { minLength: 1, maxLength: 5 })
    .map((edits) =>
      edits.reduce(
        (garbled, { at, drop, put }) => garbled.slice(0, at) + put + garbled.slice(at + drop),
        text,
      ),
    )
}
// A long run: SENTINEL_FUZZ=100000 npm test -- src/policy
const numRuns = Math.ceil(Number(process.env.SENTINEL_FUZZ ?? 6_000) / 10)

function expectShown(source: Source, diagnostic: Diagnostic): void {
  const { start, end } = diagnostic.span
  expect(0 <= start && start <= end && end <= source.text.length).toBe(true)
  expect(positionOf(source.text, start).line).toBeGreaterThan(0)
  expect(draw(source, diagnostic).join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
  expect(diagnostic.message).not.toMatch(/\.$|\n/)
}

it('a garbled policy is an answer, never a crash', async () => {
  const nowMs = Date.parse('2026-02-03T10:00:00Z')
  const seen = { policies: 0, errors: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(garbled(example), fc.constantFrom(...scraps), fc.string({ unit: 'binary' })),
      async (text) => {
        const source = { name: 'p', text }
        const result = await compileAccessPolicy(source, { nowMs, tzVersion: '' })
        const found = 'diagnostics' in result ? result.diagnostics : result.warnings
        for (const diagnostic of found) expectShown(source, diagnostic)
        if ('diagnostics' in result) {
          expect(found.length).toBeGreaterThan(0)
          seen.errors++
          return
        }
        seen.policies++
        expect(result.policy.rules.every(({ effect }) => effects.includes(effect))).toBe(true)
        evaluate(result.policy, { user: 'alice', profile: 'dev', mode: 'cli', nowMs })
      },
    ),
    { numRuns, seed: 3 },
  )
  // Both must have happened, or nothing was tried.
  expect(Math.min(seen.policies, seen.errors)).toBeGreaterThan(numRuns / 50)
})

const others: readonly [DocumentKind, string][] = [
  [
    'approval',
    `version: "1"
kind: approval
approver_accounts: ["111122223333"]
rules:
  - name: live
    profiles: [live, "live-*"]
    approvers: [carol, "Leads/*"]
    required_approvals: 2
    single_use: true
    auto_approve:
      users: [alice]
      time: {days: [monday], hours: {start: "09:00", end: "17:00"}, timezone: UTC}
      max_duration: 1h
`,
  ],
  [
    'breakglass',
    `version: "1"
rules:
  - name: prod
    profiles: [prod]
    users: [oncall1]
    allowed_reason_codes: [incident, security]
    time: {days: [saturday, sunday]}
    max_duration: 2h
    overrides: [deny, require_server]
    mfa: required
`,
  ],
  [
    'ratelimit',
    `version: "1"
rules:
  - name: prod
    profiles: [prod]
    cooldown: 30m
    max_per_user: 3
    max_per_profile: 10
    quota_window: 24h
    escalation_threshold: 2
`,
  ],
]

for (const [kind, good] of others) {
  it(`so is a garbled document of kind ${kind}, whatever it is taken for`, async () => {
    const seen = { good: 0, bad: 0 }
    await fc.assert(
      fc.asyncProperty(garbled(good), fc.constantFrom(kind, undefined), async (text, expected) => {
        const source = { name: 'd', text }
        const { found } = await checkDocument(source, { nowMs: 0, tzVersion: '' }, expected)
        for (const diagnostic of found) expectShown(source, diagnostic)
        seen[found.some(({ severity }) => severity === 'error') ? 'bad' : 'good']++
      }),
      { numRuns: Math.ceil(numRuns / 3), seed: 3 },
    )
    expect(Math.min(seen.good, seen.bad)).toBeGreaterThan(0)
  })
}
