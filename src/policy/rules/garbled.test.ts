// Garbled policies: whatever the text, the loader answers with a policy or with errors that can be shown; it never
// throws, and what it accepts can be asked.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { draw, positionOf } from '../../source/index.ts'
import { compileAccessPolicy, evaluate } from '../index.ts'
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
const edit = fc.record({ at: fc.nat(example.length), drop: fc.nat(30), put: fc.constantFrom('', ...scraps) })
const garbled = fc
  .array(edit, { minLength: 1, maxLength: 5 })
  .map((edits) =>
    edits.reduce((text, { at, drop, put }) => text.slice(0, at) + put + text.slice(at + drop), example),
  )
// A long run: SENTINEL_FUZZ=100000 npm test -- src/policy
const numRuns = Math.ceil(Number(process.env.SENTINEL_FUZZ ?? 6_000) / 10)

it('a garbled policy is an answer, never a crash', async () => {
  const nowMs = Date.parse('2026-02-03T10:00:00Z')
  const seen = { policies: 0, errors: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(garbled, fc.constantFrom(...scraps), fc.string({ unit: 'binary' })),
      async (text) => {
        const source = { name: 'p', text }
        const result = await compileAccessPolicy(source, { nowMs, tzVersion: '' })
        const found = 'diagnostics' in result ? result.diagnostics : result.warnings
        for (const diagnostic of found) {
          const { start, end } = diagnostic.span
          expect(0 <= start && start <= end && end <= text.length).toBe(true)
          expect(positionOf(text, start).line).toBeGreaterThan(0)
          expect(draw(source, diagnostic).join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
          expect(diagnostic.message).not.toMatch(/\.$|\n/)
        }
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
