import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entityKit } from '../kit.fake.ts'
import { decodedTemplate, filledClaims, textToClaims } from './template.ts'

const nowMs = Date.parse('2026-03-01T00:00:00Z')

/** Ada, who logs in at `ldap_1` and is in a group. */
async function ada(metadata: readonly (readonly [string, string])[] = [['team', 'red']]) {
  const { entities, groups, group } = await entityKit()
  const { id } = await entities.create({ name: 'ada', metadata: new Map(metadata) })
  await entities.createAlias({
    name: 'a.lovelace',
    mountAccessor: 'ldap_1',
    entityId: id,
    customMetadata: new Map([['desk', '7']]),
  })
  await group('staff', [id])
  const identity = groups.identityOf(id)
  if (identity === undefined) throw new Error('nobody')
  return identity
}

describe('a claim is', () => {
  for (const [template, want] of [
    ['{{identity.entity.name}}', 'ada'],
    ['{{ identity.entity.metadata.team }}', 'red'],
    ['{{identity.entity.metadata.none}}', ''],
    ['{{identity.entity.metadata}}', { team: 'red' }],
    ['{{identity.entity.groups.names}}', ['staff']],
    ['[{{identity.entity.aliases.ldap_1.name}}, 1, true]', ['a.lovelace', 1, true]],
    ['{{identity.entity.aliases.ldap_1.custom_metadata.desk}}', '7'],
    ['{{identity.entity.aliases.ldap_1.custom_metadata}}', { desk: '7' }],
    ['{{identity.entity.aliases.none.name}}', ''],
    ['{{identity.entity.aliases.none.metadata}}', {}],
    ['{{time.now}}', nowMs / 1000],
    ['{{time.now.plus.1h}}', nowMs / 1000 + 3600],
    ['{{time.now.minus.30}}', nowMs / 1000 - 30],
    ['{"b": {"c": {{identity.entity.name}}}}', { b: { c: 'ada' } }],
  ] as const)
    test(`${template} of whoever asks`, async () => {
      const claims = textToClaims(`{"a": ${template}}`)
      expect(filledClaims(claims, await ada(), nowMs)).toEqual({ a: want })
    })

  test('the ids of the entity, its aliases and groups', async () => {
    const identity = await ada()
    const claims = textToClaims(
      '{"a": {{identity.entity.id}}, "b": {{identity.entity.groups.ids}}, "c": {{identity.entity.aliases.ldap_1.id}}}',
    )
    expect(filledClaims(claims, identity, nowMs)).toEqual({
      a: identity.entity.id,
      b: identity.groups.map(({ id }) => id),
      c: identity.entity.aliases[0]?.id,
    })
  })
})

describe('a template is refused', () => {
  for (const [name, template, message] of [
    ['that is no JSON', '{"a": ', 'error parsing template JSON'],
    ['that is no object', '[1]', 'must be an object'],
    ['with braces that do not close', '{"a": {{time.now}', 'unbalanced'],
    ['with braces that do not open', '{"a": time.now}}', 'unbalanced'],
    [
      'with a value that nobody knows',
      '{"a": {{identity.entity.password}}}',
      'nothing that can be filled in',
    ],
    [
      'with an alias of nothing',
      '{"a": {{identity.entity.aliases.x.id.y}}}',
      'nothing that can be filled in',
    ],
    ['with a value within a text', '{"a": "x {{identity.entity.name}}"}', 'error parsing template JSON'],
    [
      'with a value that is all of a text',
      '{"a": "{{identity.entity.name}}"}',
      'error parsing template JSON',
    ],
    ['with a value as a key', '{ {{identity.entity.name}}: 1}', 'where none can'],
    ['with a value that another replaces', '{"a": {{time.now}}, "a": 1}', 'where none can'],
    [
      'with a text that looks like a value',
      '{"a": {{time.now}}, "b": "\\u00000"}',
      'a character that is none',
    ],
    ['with a claim of the token itself', '{"sub": "root"}', 'top level key "sub" not allowed'],
    ['with such a claim in another spelling', '{"\\u0073ub": "root"}', 'top level key "sub" not allowed'],
    ['that is very deep', `{"a": ${'['.repeat(100)}${']'.repeat(100)}}`, 'at most 64 levels'],
    ['that is very long', `{"a": "${'x'.repeat(17_000)}"}`, 'at most 16384 characters'],
  ] as const)
    test(name, () => expect(() => textToClaims(template)).toThrow(message))
})

test('a template may be in Base64', () => {
  expect(decodedTemplate(Buffer.from('{"a": 1}').toString('base64'))).toBe('{"a": 1}')
  expect(decodedTemplate('{"a": 1}')).toBe('{"a": 1}')
})

test('whatever a name or metadata says, it is one value and adds no claim', async () => {
  const claims = textToClaims(
    '{"a": {{identity.entity.metadata.x}}, "b": {"c": {{identity.entity.metadata}}}}',
  )
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('","sub":"root","x":"', '"}', '\u00000', '{{identity.entity.id}}', '__proto__', '\\'),
  )
  const key = fc.constantFrom('x', '__proto__', 'constructor', 'sub')
  await fc.assert(
    fc.asyncProperty(hostile, key, async (value, name) => {
      const identity = await ada([
        ['x', value],
        [name, value],
      ])
      const made = JSON.parse(JSON.stringify(filledClaims(claims, identity, nowMs)))
      expect(Object.keys(made)).toEqual(['a', 'b'])
      expect(made.a).toBe(value)
      expect(Object.entries(made.b.c)).toEqual(Object.entries(Object.fromEntries(identity.entity.metadata)))
    }),
    { numRuns: 300, seed: 7 },
  )
})
