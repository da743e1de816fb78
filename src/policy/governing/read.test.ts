import { describe, expect, test } from 'vitest'
import type { WrittenPolicy } from './policy.ts'
import { readGoverning, storedGoverning } from './read.ts'

const written = (text: string): WrittenPolicy => ({
  kind: 'egp',
  name: 'x',
  namespace: '',
  level: 'hard-mandatory',
  paths: ['*'],
  text,
})
const read = (text: string, http = false) => readGoverning(written(text), { http })
const complaint = (text: string) => {
  const found = read(text)
  return 'complaint' in found ? found.complaint : ''
}

describe('what is wrong with a policy is told when it is written', () => {
  for (const [name, text, want] of [
    [
      'a text that is none, with its line and a caret',
      'main = rule {\n\trequest.path is\n}',
      'failed to parse policy: expected an expression, found `}` (line 3, column 1)\n  | }\n  | ^',
    ],
    [
      'a name that nobody gives, with the one that was meant',
      'main = rule { requst.path is "a" }',
      'failed to parse policy: nothing is called `requst` (line 1, column 15)\n  | main = rule { requst.path is "a" }\n  |               ^^^^^^\n  hint: did you mean `request`?',
    ],
    [
      'a property that no request has',
      'main = rule { request.connection.remote_address is "a" }',
      'failed to parse policy: there is no property `remote_address` here (line 1, column 34)\n  | main = rule { request.connection.remote_address is "a" }\n  |                                  ^^^^^^^^^^^^^^\n  hint: did you mean `remote_addr`?',
    ],
    [
      'an import that there is not',
      'import "tfplan"\nmain = true',
      'failed to parse policy: there is no import `tfplan` (line 1, column 1)\n  | import "tfplan"\n  | ^^^^^^^^^^^^^^^',
    ],
  ] as const)
    test(name, () => expect(complaint(text)).toBe(want))

  for (const [name, text, want] of [
    [
      '`http`, where the server does not allow it',
      'import "http"\nmain = http is defined',
      ['no import `http`'],
    ],
    ['parameters, which nobody sets', 'param limit\nmain = limit is 1', ['the parameter `limit`']],
    ['no `main`', 'a = rule { true }', ['the policy has no `main`']],
    [
      'everything at once',
      'import "tfplan"\nmain = rule { tokn.path is "a" and request.pth is "b" and identity.user is "c" }',
      ['`tfplan`', '`tokn`', '`pth`', '`user`'],
    ],
    [
      'what is wrong inside of functions',
      'f = func(a) { return reqest.path }\nmain = f(1) is "a"',
      ['`reqest`'],
    ],
    ['a jump that leads nowhere', 'main = true\nbreak', ['`break`']],
  ] as const)
    test(name, () => {
      for (const part of want) expect(complaint(text)).toContain(part)
    })
})

describe('a policy is accepted', () => {
  for (const [name, text] of [
    [
      'that reads what every request has',
      'main = rule { request.path is "a" and token.metadata.team is "b" }',
    ],
    [
      'that asks for `token.meta`, which is documented to be undefined',
      'main = rule { token.meta.x is not defined }',
    ],
    [
      'that imports what is there anyway',
      'import "mfa"\nimport "identity"\nmain = rule { mfa.methods.a.valid or identity.entity.name is "a" }',
    ],
    ['that gives the name of something given to its own', 'token = {"a": 1}\nmain = rule { token.a is 1 }'],
    [
      'that reads below what only the request knows',
      'main = rule { request.data.a.b.c is "d" and identity.entity.metadata["x-y"] is "z" }',
    ],
    [
      'of standard imports',
      'import "strings"\nimport "time"\nmain = rule { strings.has_prefix(request.path, "a") and time.now.hour > 8 }',
    ],
    [
      'whose main is a function of rules below',
      'main = rule { a and b }\na = rule { true }\nb = rule { true }',
    ],
  ] as const)
    test(name, () => expect(complaint(text)).toBe(''))

  test('and what is probably not meant is a warning', () => {
    const found = read('limit = 10\nmain = rule when token.metadata.team is "a" { false }')
    expect('warnings' in found && found.warnings).toEqual([
      'line 1, column 1: `limit` is never used',
      expect.stringMatching(/^line 2, column 18: where this is undefined the rule does not apply.*`else`/),
    ])
  })

  test('with `http` where the server allows it', () =>
    expect('policy' in read('import "http"\nmain = http.get("https://a.example") is defined', true)).toBe(
      true,
    ))
})

test('an idle import changes no place in the text, and without it its name means the same', () => {
  const found = read('import "identity"\nmain = rule { identity.entity.name is "a" }')
  const program = 'policy' in found ? found.policy.program() : undefined
  expect(program?.evaluate({ globals: { identity: { entity: { name: 'a' } } } }).status).toBe('pass')
  const { trace } = program?.evaluate({ globals: { identity: {} } }) ?? {}
  expect(trace?.rules[0]?.position).toMatchObject({ line: 2, column: 1 })
})

test('a stored policy that is none any more does not pass', () => {
  for (const text of ['', 'main = ', 'main = rule { nobody.knows }'])
    expect(storedGoverning(written(text)).program().evaluate().status).not.toBe('pass')
})

test('logs are told places only, because a secret may have been pasted into a policy', () => {
  const found = read('main = rule { requst.data.password is "hunter2" }')
  expect('places' in found && found.places).toBe('failed to parse policy: (line 1, column 15)')
})
