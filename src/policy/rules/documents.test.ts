// What holds for every kind of document: which kind one is, and that YAML which means harm is refused.

import { describe, expect, it } from 'vitest'
import { checkDocument, type DocumentKind, documentKinds, policyJsonSchema } from '../index.ts'
import { documentOf, findingsOf } from './kit.fake.ts'

const good: Readonly<Record<DocumentKind, string>> = {
  policy: '{name: a, effect: deny, conditions: {profiles: [x]}}',
  approval: '{name: a, profiles: [x], approvers: [carol]}',
  breakglass: '{name: a, profiles: [x], users: [oncall1], allowed_reason_codes: [incident]}',
  ratelimit: '{name: a, profiles: [x], cooldown: 30m}',
}
const at = { nowMs: 0, tzVersion: '' }
const kindOf = async (text: string) => (await checkDocument({ name: 'd', text }, at, undefined)).kind

describe('what kind a document is, is told by', () => {
  for (const [name, text, want] of [
    ['the keys of an access rule', documentOf(good.policy), 'policy'],
    ['the keys of an approval rule', documentOf(good.approval), 'approval'],
    ['the keys of a break-glass rule', documentOf(good.breakglass), 'breakglass'],
    ['the keys of a rate-limit rule', documentOf(good.ratelimit), 'ratelimit'],
    [
      'a break-glass rule without reason codes',
      documentOf('{name: a, profiles: [x], users: [y]}'),
      'breakglass',
    ],
    ['a rate-limit rule with one quota', documentOf('{name: a, max_per_profile: 3}'), 'ratelimit'],
    ['an approval rule that lacks its approvers', documentOf('{name: a, auto_approve: {}}'), 'approval'],
    ['all rules together', documentOf('{name: a}', '{name: b, profiles: [x]}', good.ratelimit), 'ratelimit'],
    [
      'most of its keys, where they disagree',
      documentOf('{name: a, approvers: [x], required_approvals: 2, users: [y]}'),
      'approval',
    ],
    [
      'the keys at the top',
      `approver_accounts: ["111122223333"]\n${documentOf('{name: a, profiles: [x]}')}`,
      'approval',
    ],
    ['its `kind`, whatever its keys', `kind: breakglass\n${documentOf(good.approval)}`, 'breakglass'],
    ['its `kind`, nearly', `kind: Ratelimits\n${documentOf('{name: a}')}`, 'ratelimit'],
    ['nothing: then it is an access policy', documentOf('{name: a, profiles: [x]}'), 'policy'],
    ['nothing in an empty one', '', 'policy'],
    ['nothing in a list', '- a', 'policy'],
    [
      'nothing in rules that are none',
      'version: "1"\nrules: [5, null, [a], constructor, {__proto__: 1}]',
      'policy',
    ],
    ['nothing in inherited names', documentOf('{constructor: 1, toString: 2, hasOwnProperty: 3}'), 'policy'],
    ['nothing in what is no YAML', '[', 'policy'],
  ] as const) {
    it(name, async () => expect(await kindOf(text)).toBe(want))
  }
})

for (const kind of documentKinds) {
  const { [kind]: rule } = good
  const errorsOf = (text: string) => findingsOf(kind, text)

  describe(`a document of kind ${kind}`, () => {
    it('is good', async () => expect(await errorsOf(documentOf(rule))).toEqual([]))
    it('is good when it says its kind', async () =>
      expect(await errorsOf(`kind: ${kind}\n${documentOf(rule)}`)).toEqual([]))

    it('is refused as another kind, with nothing else said about it', async () => {
      for (const other of documentKinds.filter((one) => one !== kind)) {
        expect(await errorsOf(`kind: ${other}\n${documentOf(good[other])}`)).toEqual([
          `1:7 kind: the document is of kind \`${other}\`, where \`${kind}\` is wanted (give the document of the right kind, or correct \`kind\`)`,
        ])
        expect(await errorsOf(documentOf(good[other]))).not.toEqual([])
      }
    })

    const [head, tail] = [documentOf(rule), rule.replace(/^\{|\}$/g, '')]
    for (const [name, text, want] of [
      ['a second document', `${head}---\n${head}`, /^4:1 : a second YAML document/],
      ['something after its end', `${head}...\nmore\n`, /a second YAML document/],
      ['a key twice', documentOf(`{${tail}, name: b}`), /the same key twice in one mapping/],
      ['a name twice', documentOf(rule, rule), /^4:10 rules\[1\].name: rule name `a` is taken/],
      [
        'a tag',
        documentOf(rule.replace('name: ', 'name: !!js/function ')),
        /a YAML tag that means nothing here/,
      ],
      ['a key called __proto__', documentOf(`{${tail}, __proto__: {mfa: none}}`), /unknown key `__proto__`/],
      ['__proto__ at the top', `__proto__: {rules: []}\n${head}`, /^1:1 __proto__: unknown key `__proto__`/],
      ['__proto__ instead of all', `version: "1"\n__proto__:\n  rules: [${rule}]`, /unknown key `__proto__`/],
      ['a key called constructor', documentOf(`{${tail}, constructor: 1}`), /unknown key `constructor`/],
      ['a merge key', documentOf(`{<<: {${tail}}, name: a}`), /unknown key `<<`/],
      ['an alias without an anchor', documentOf(rule.replace('[x]', '[*x]')), /refers to no anchor above it/],
      ['a list that holds itself', 'version: "1"\nrules: &r [*r]', /rule 1 must be a mapping, not a list/],
      ['YAML 1.1', `%YAML 1.1\n---\n${head}`, /policies are YAML 1.2/],
      ['another version', head.replace('"1"', '"2"'), /`2` is not a known version/],
      ['a version as a number', head.replace('"1"', '1'), /must be text, not the number 1/],
      ['no rules', 'version: "1"\nrules: []', /`rules` is empty/],
      ['nothing', '', /the policy is empty/],
      ['nesting without end', '['.repeat(50_000), /the document is nested too deeply/],
      ['a text without end', `${head}# ${'x'.repeat(1024 * 1024)}`, /the document is longer than 1 MiB/],
      [
        'a pattern without end',
        documentOf(rule.replace('[x]', `["${'*a'.repeat(200)}"]`)),
        /a pattern of more than 256/,
      ],
    ] as const) {
      it(`is refused for ${name}`, async () => {
        const found = await errorsOf(text)
        expect(found.some((one) => want.test(one))).toBe(true)
        expect(found.every((one) => !one.startsWith('warning'))).toBe(true)
      })
    }

    it('is refused for aliases that multiply without end', async () => {
      const rows = 'abcdefghi'.split('').map((key, row) => {
        const item = row === 0 ? 'x' : `*${'abcdefghi'[row - 1]}`
        return `${key}: &${key} [${Array(9).fill(item).join(', ')}]`
      })
      expect(await errorsOf(rows.join('\n'))).toEqual([
        '1:1 : aliases multiply the document beyond measure (write the values out)',
      ])
    })

    it('has a schema in which every place says what it is for', async () => {
      const silent: string[] = []
      const look = (path: string, node: Record<string, unknown>): void => {
        if (typeof node.description !== 'string' || node.description === '') silent.push(path)
        for (const [key, child] of Object.entries((node.properties ?? {}) as Record<string, never>))
          look(`${path}.${key}`, child)
        if (node.items !== undefined) look(`${path}[]`, node.items as Record<string, unknown>)
      }
      look('', await policyJsonSchema(kind))
      expect(silent).toEqual([])
    })
  })
}
