import { describe, expect, it } from 'vitest'
import { denyBit } from './capability.ts'
import { compileAcl } from './compile.ts'
import { aclOf, alice, policyOf, rulesOf } from './kit.fake.ts'
import { rootPolicy } from './rule.ts'

const merge = (...blocks: readonly string[]) =>
  compileAcl(
    blocks.map((block, at) => policyOf(`path "a" { ${block} }`, `p${at}`)),
    undefined,
    0,
  )

describe('rules of one pattern', () => {
  for (const [name, blocks, want] of [
    ['add up', ['policy = "read"', 'capabilities = ["sudo"]'], ['list', 'read', 'sudo']],
    ['are denied by one of them', ['policy = "sudo"', 'policy = "deny"', 'policy = "read"'], ['deny']],
    ['may be one that grants nothing', ['', 'policy = "read"'], ['list', 'read']],
    ['may all grant nothing', ['', ''], ['deny']],
  ] as const) {
    it(name, () => expect(merge(...blocks).capabilities('a')).toEqual(want))
  }

  it('may stand in one policy', () =>
    expect(aclOf(rulesOf(['a: read', 'a: deny'])).capabilities('a')).toEqual(['deny']))

  it('are those of an exact path and not those of its prefix', () =>
    expect(aclOf(rulesOf(['a*: read', 'a: list'])).capabilities('a')).toEqual(['list']))

  const conditions = (...blocks: readonly string[]) => merge(...blocks).match('a', 'read')?.conditions
  for (const [name, blocks, want] of [
    ['the smaller time', ['min_wrapping_ttl = 60', 'min_wrapping_ttl = 30'], { minWrapSeconds: 30 }],
    ['the only time', ['', 'max_wrapping_ttl = 30'], { maxWrapSeconds: 30, minWrapSeconds: 0 }],
    [
      'all that is required',
      ['required_parameters = ["a", "b"]', 'required_parameters = ["B", "c"]'],
      { required: ['a', 'b', 'c'] },
    ],
    ['all methods', ['mfa_methods = ["x"]', 'mfa_methods = ["y", "x"]'], { mfaMethods: ['x', 'y'] }],
    [
      'the values of both',
      ['allowed_parameters = { a = [1] }', 'allowed_parameters = { A = [2], b = [] }'],
      {
        allowed: new Map([
          ['a', [1, 2]],
          ['b', []],
        ]),
      },
    ],
    [
      'any value where one has any',
      ['allowed_parameters = { a = [1] }', 'allowed_parameters = { a = [] }'],
      { allowed: new Map([['a', []]]) },
    ],
    [
      'any value wherever it stands',
      ['denied_parameters = { a = [] }', 'denied_parameters = { a = [1] }'],
      { denied: new Map([['a', []]]) },
    ],
    ['the conditions of one', ['', 'denied_parameters = { a = [1] }'], { denied: new Map([['a', [1]]]) }],
    ['no condition where one denies', ['required_parameters = ["a"]', 'policy = "deny"'], { required: [] }],
  ] as const) {
    it(`have ${name}`, () => expect(conditions(...blocks)).toMatchObject(want))
  }

  it('have all control groups', () => {
    const group = 'control_group = { factor "f" { identity { group_names = ["g"] } } }'
    expect(conditions(group, group)?.controlGroups).toHaveLength(2)
  })

  it('name the policies that grant each capability, in the order of their names', () => {
    const policies = [
      policyOf('path "a" { policy = "read" }', 'z'),
      policyOf('path "a" { capabilities = ["list"] }', 'b'),
    ]
    const rule = compileAcl(policies, undefined, 0).match('a', 'list')
    const names = (bit: number) => rule?.granting.get(bit)?.map(({ name }) => name)
    expect([names(32), names(2), names(64)]).toEqual([['b', 'z'], ['z'], undefined])
  })

  it('say where each of them stands', () => {
    const rule = merge('policy = "read"', 'policy = "deny"').match('a', 'read')
    expect(rule?.from).toEqual([
      { policy: { name: 'p0', namespace: '' }, span: { start: 5, end: 8 } },
      { policy: { name: 'p1', namespace: '' }, span: { start: 5, end: 8 } },
    ])
    expect(rule?.capabilities).toBe(denyBit)
  })

  it('count once for a policy that is held twice', () => {
    const policy = policyOf('path "a" { policy = "read" }')
    expect(compileAcl([policy, policy], undefined, 0).match('a', 'read')?.from).toHaveLength(1)
  })
})

describe('root', () => {
  const isRoot = (...policies: Parameters<typeof compileAcl>[0]) => compileAcl(policies, undefined, 0).isRoot

  it('is who holds nothing else', () => expect(isRoot(rootPolicy)).toBe(true))
  it('is who holds it twice', () => expect(isRoot(rootPolicy, rootPolicy)).toBe(true))
  it('is not who holds nothing', () => expect(isRoot()).toBe(false))
  it('is not who holds another policy too', () => expect(isRoot(rootPolicy, policyOf(''))).toBe(false))
  for (const name of ['root', 'Root', 'ROOT'])
    it(`is not who holds a policy that calls itself ${name}`, () =>
      expect(isRoot(policyOf('', name))).toBe(false))
  it('has its own capability', () =>
    expect(compileAcl([rootPolicy], undefined, 0).capabilities('x')).toEqual(['root']))
  it('grants nothing with another policy', () =>
    expect(compileAcl([rootPolicy, policyOf('')], undefined, 0).capabilities('x')).toEqual(['deny']))
})

describe('a templated path', () => {
  for (const [template, want] of [
    ['{{identity.entity.id}}', 'e-1'],
    ['{{ identity.entity.name }}', 'alice'],
    ['{{identity.entity.metadata.team}}', 'blue'],
    ['{{identity.entity.metadata.a.b}}', 'dotted'],
    ['{{identity.entity.aliases.userpass_1.id}}', 'a-1'],
    ['{{identity.entity.aliases.userpass_1.name}}', 'al'],
    ['{{identity.entity.aliases.userpass_1.metadata.shift}}', 'night'],
    ['{{identity.entity.aliases.userpass_1.custom_metadata.floor}}', '3'],
    ['{{identity.groups.ids.g-1.name}}', 'web'],
    ['{{identity.groups.ids.g-1.metadata.region}}', 'eu'],
    ['{{identity.groups.names.web.id}}', 'g-1'],
    ['{{identity.groups.names.web.metadata.region}}', 'eu'],
    ['{{identity.groups.names.db.admins.id}}', 'g-2'],
    ['{{identity.groups.names.db.admins.metadata.id}}', 'odd'],
    ['{{identity.entity.id}}-{{identity.entity.name}}', 'e-1-alice'],
  ] as const) {
    it(`${template} is ${want}`, () =>
      expect(aclOf(rulesOf([`a/${template}/*`]), alice).match(`a/${want}/x`, 'read')?.pattern).toBe(
        `a/${want}/*`,
      ))
  }

  for (const [why, template] of [
    ['a slash in its value', '{{identity.entity.metadata.slash}}'],
    ['a star in its value', '{{identity.entity.metadata.star}}'],
    ['a plus in its value', '{{identity.entity.metadata.plus}}'],
    ['a line break in its value', '{{identity.entity.metadata.line}}'],
    ['a NUL in its value', '{{identity.entity.metadata.nul}}'],
    ['an empty value', '{{identity.entity.metadata.empty}}'],
    ['a key that is not there', '{{identity.entity.metadata.none}}'],
    ['a key that every object has', '{{identity.entity.metadata.constructor}}'],
    ['an alias elsewhere', '{{identity.entity.aliases.userpass_2.name}}'],
    ['a group of others', '{{identity.groups.names.ops.id}}'],
  ] as const) {
    it(`counts as not there for ${why}`, () => {
      const acl = aclOf(rulesOf([`a/${template}/b`, 'c']), alice)
      expect(acl.resultant()).toMatchObject({
        exact_paths: { c: { capabilities: ['read'] } },
        glob_paths: {},
      })
      expect(Object.keys(acl.resultant().exact_paths)).toEqual(['c'])
    })
  }

  it('counts as not there without an entity', () =>
    expect(aclOf(rulesOf(['a/{{identity.entity.id}}'])).resultant().exact_paths).toEqual(Object.create(null)))

  for (const template of [
    'a/{{identity.entity}}',
    'a/{{identity.entity.metadata}}',
    'a/{{identity.entity.metadata.}}',
    'a/{{identity.entity.aliases.x.policies}}',
    'a/{{identity.groups.names.web.name}}',
    'a/{{entity.id}}',
    'a/{{}}',
    'a/{{identity.entity.id',
    'a/identity.entity.id}}',
    'a/{{{{identity.entity.id}}}}',
    'a/{{identity.entity.id}}}}',
  ]) {
    it(`${template} is refused when it is written`, () =>
      expect(() => policyOf(rulesOf([template]))).toThrow())
  }

  it('says of its policy that it depends on the holder', () =>
    expect([
      policyOf(rulesOf(['a/{{identity.entity.id}}'])).isTemplated,
      policyOf(rulesOf(['a'])).isTemplated,
    ]).toEqual([true, false]))
})

describe('a rule that expires', () => {
  const policy = policyOf(
    'path "a" { policy = "read" expiration = "1970-01-01T00:01:00Z" }\npath "a" { policy = "deny" expiration = "1970-01-01T00:00:30Z" }',
  )
  for (const [nowMs, capabilities, validUntilMs] of [
    [0, ['deny'], 30_000],
    [29_999, ['deny'], 30_000],
    [30_000, ['list', 'read'], 60_000],
    [60_000, ['deny'], Number.POSITIVE_INFINITY],
  ] as const) {
    it(`at ${nowMs} ms`, () => {
      const acl = compileAcl([policy], undefined, nowMs)
      expect([acl.capabilities('a'), acl.validUntilMs]).toEqual([capabilities, validUntilMs])
    })
  }
  it('is not there afterwards', () =>
    expect(compileAcl([policy], undefined, 60_000).match('a', 'read')).toBeUndefined())
})

describe('a policy of a namespace', () => {
  const acl = compileAcl([policyOf(rulesOf(['*: read', '+/x: list', '/b: sudo']), 'p', 'ns1/')], undefined, 0)
  for (const [path, want] of [
    ['ns1/a', ['read']],
    ['ns1/y/x', ['list']],
    ['ns1/b', ['sudo']],
    ['a', ['deny']],
    ['ns2/y/x', ['deny']],
    ['ns1', ['deny']],
    ['b', ['deny']],
  ] as const) {
    it(`grants ${want} on ${path}`, () => expect(acl.capabilities(path)).toEqual(want))
  }
})

describe('capabilities', () => {
  it('are asked as for a list', () =>
    expect(aclOf(rulesOf(['a: list'])).capabilities('a/')).toEqual(['list']))
  it('are deny where nothing matches', () => expect(aclOf('').capabilities('a')).toEqual(['deny']))
})

describe('what a holder reaches', () => {
  for (const [name, rules, prefix, want] of [
    ['below an exact path', ['kv/a: read'], 'kv/', true],
    ['below a prefix', ['kv/a*: read'], 'kv/', true],
    ['under a prefix', ['k*: read'], 'kv/', true],
    ['with a plus in its place', ['+/data/a: read'], 'kv/', true],
    ['with a plus behind it', ['kv/+/a: read'], 'kv/', true],
    ['elsewhere', ['kv2/a: read', '+: read', 'x/+/a: read'], 'kv/', false],
    ['nothing where all is denied', ['*: read', 'kv/*: deny'], 'kv/', false],
    ['something below what is denied', ['kv/*: deny', 'kv/a: read'], 'kv/', true],
    ['nothing with nothing', [], 'kv/', false],
  ] as const) {
    it(name, () => expect(aclOf(rulesOf(rules)).reaches(prefix)).toBe(want))
  }
  it('is everything for root', () => expect(compileAcl([rootPolicy], undefined, 0).reaches('kv/')).toBe(true))
})

describe('the resultant ACL', () => {
  it('tells every rule, with its conditions', () => {
    const acl = aclOf(`
      path "a" { capabilities = ["read"] required_parameters = ["X"] min_wrapping_ttl = "1m" max_wrapping_ttl = "2m" }
      path "__proto__" { policy = "deny" }
      path "b/*" { capabilities = ["list"] allowed_parameters = { x = [] } denied_parameters = { y = [1, { z = "w" }] } }
      path "c/+/d*" { capabilities = ["sudo"] }`)
    expect(JSON.parse(JSON.stringify(acl.resultant()))).toEqual(
      JSON.parse(`{
        "root": false,
        "exact_paths": {
          "a": {"capabilities": ["read"], "required_parameters": ["x"], "min_wrapping_ttl": 60, "max_wrapping_ttl": 120},
          "__proto__": {"capabilities": ["deny"]}
        },
        "glob_paths": {
          "b/": {"capabilities": ["list"], "allowed_parameters": {"x": []}, "denied_parameters": {"y": [1, {"z": "w"}]}},
          "c/+/d*": {"capabilities": ["sudo"]}
        }
      }`),
    )
  })

  it('says of root that it is', () =>
    expect(compileAcl([rootPolicy], undefined, 0).resultant()).toMatchObject({ root: true }))
})
