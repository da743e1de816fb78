import { describe, expect, it } from 'vitest'
import { format } from './format/format.ts'
import { lint } from './lint/lint.ts'
import { compile, type EvaluationInputs, evaluate, evaluateGenerally, evaluateGenerated } from './policy.ts'
import { Float } from './values/float.ts'

const source = (text: string, name = 'p.sentinel') => ({ name, text })

/** The result of the walker; generated code must give the same. */
function run(text: string, inputs?: EvaluationInputs) {
  const result = evaluate(source(text), inputs)
  if (result.status !== 'invalid' && inputs?.limits?.clock === undefined) {
    for (const other of [evaluateGenerated, evaluateGenerally]) {
      const { status, value, print, error, undefinedAt, need, trace } = other(compile(source(text)), inputs)
      const all = { status, value, print, error, undefinedAt, need, trace }
      expect({ ...all, diagnostics: [] }).toEqual(result)
    }
  }
  return result
}

/** Status, and the error as `line:column: message`. */
function outcome(text: string, inputs?: EvaluationInputs): string {
  const { status, error } = run(text, inputs)
  return error === undefined
    ? status
    : `${status} ${error.file}:${error.line}:${error.column}: ${error.message}`
}

describe('what `main` says', () => {
  for (const [main, want] of [
    ['true', 'pass'],
    ['false', 'fail'],
    ['rule { true }', 'pass'],
    ['rule { false }', 'fail'],
    ['0', 'pass'],
    ['-1', 'fail'],
    ['0.0', 'pass'],
    ['0.5', 'fail'],
    ['""', 'pass'],
    ['"violation"', 'fail'],
    ['[]', 'pass'],
    ['[1]', 'fail'],
    ['{}', 'pass'],
    ['rule { filter [1] as x { x > 1 } }', 'pass'],
    ['rule { filter [1] as x { x > 0 } }', 'fail'],
    ['undefined', 'undefined'],
    ['null', 'error p.sentinel:1:1: `main` must be bool, string, int, float, list or map, not null'],
    ['length', 'error p.sentinel:1:1: `main` must be bool, string, int, float, list or map, not func'],
  ] as const) {
    it(`${main} is ${want}`, () => expect(outcome(`main = ${main}`)).toBe(want))
  }

  it('nothing, where there is none', () => {
    expect(outcome('a = 1')).toBe('error p.sentinel:1:1: the policy has no `main`')
  })

  it('shows its value', () => {
    const { value } = run('main = [1, 0x7fffffffffffffff, 1.5, "é", {"a": null}, undefined]')
    expect(value).toEqual([1, 2n ** 63n - 1n, 1.5, 'é', new Map([['a', null]]), undefined])
  })
})

describe('where undefined came from', () => {
  for (const [name, text, line, column] of [
    ['a missing field, not those below it', 'x = {}\nmain = rule { x.a.b.c }', 2, 15],
    ['through another rule', 'x = {}\na = rule { x.q }\nmain = rule { a and true }', 2, 12],
    ['not what `else` made good', 'x = {}\nmain = rule { (x.a else 1) is 1 and x.b }', 2, 37],
    ['not what `is defined` asked', 'x = {}\nmain = rule { x.a is not defined and x.b is 1 }', 2, 38],
  ] as const) {
    it(name, () => {
      expect(run(text)).toMatchObject({
        status: 'undefined',
        undefinedAt: { line, column, file: 'p.sentinel' },
      })
    })
  }
})

describe('errors', () => {
  it('have the place of the failing expression, columns in bytes', () => {
    expect(outcome('x = "é" + string(1 / 0)\nmain = x')).toBe('error p.sentinel:1:19: division by zero')
  })

  for (const [text, message] of [
    ['error("é", "用户")', 'é 用户'],
    ['main = é', 'unknown identifier `é`'],
    ['main = 用户', 'unknown identifier `用户`'],
    ['import "decimal"\nmain = decimal.new("é")', 'error calling function "new": `é` is no decimal number'],
  ] as const) {
    it(`say letters of any script: ${message}`, () => expect(run(text).error?.message).toBe(message))
  }

  it('in a module have its name', () => {
    const modules = { m: source('f = func() { return 1 / 0 }', 'm.sentinel') }
    expect(outcome('import "m"\nmain = m.f()', { modules })).toBe('error m.sentinel:1:21: division by zero')
  })

  it('of the grammar make a source invalid, all at once', () => {
    const result = run('a = )\nb = ]')
    expect(result).toMatchObject({ status: 'invalid', error: { line: 1, column: 5 } })
    expect(result.diagnostics).toHaveLength(2)
  })

  it('of the grammar in a module too', () => {
    const modules = { m: source('a = )', 'm.sentinel') }
    expect(outcome('import "m"\nmain = true', { modules })).toBe(
      'invalid m.sentinel:1:5: expected an expression, found `)`',
    )
  })

  it('of imports name the import', () => {
    expect(outcome('\nimport "nope"\nmain = true')).toBe('error p.sentinel:2:1: unknown import `nope`')
    const modules = { a: source('import "b"', 'a'), b: source('import "a"', 'b') }
    expect(outcome('import "a"\nmain = true', { modules })).toBe('error b:1:1: import `a` imports itself')
  })
})

describe('inputs', () => {
  it('a host may give `main` itself', () => {
    expect(outcome('print(1)', { globals: { main: true } })).toBe('pass')
    expect(outcome('print(1)', { globals: { main: {} } })).toBe('pass')
    expect(outcome('print(1)', { globals: { main: null } })).toMatch(/^error .*not null/)
  })

  it('globals are variables, with any name', () => {
    const globals = new Map<string, unknown>([
      ['__proto__', { constructor: 1 }],
      ['n', 2 ** 53],
      ['f', 1.5],
    ])
    expect(
      outcome('main = __proto__.constructor is 1 and n is 9007199254740992 and f is 1.5', { globals }),
    ).toBe('pass')
    expect(outcome('main = x.y is 1 and x.constructor is not defined', { globals: { x: { y: 1 } } })).toBe(
      'pass',
    )
  })

  it('of every kind come in as the kind they are', () => {
    const x = [null, true, 1, 1.5, 10n, 'é', [1], { a: 1 }, new Map([[1, 'one']])]
    const text = 'print(x)\nmain = length(x[5]) is 2 and x[8][1] is "one"'
    expect(run(text, { globals: { x } })).toMatchObject({
      status: 'pass',
      print: ['[null true 1 1.500000 10 "é" [1] {"a": 1} {1: "one"}]'],
    })
  })

  it('that the language does not have are undefined, also inside of others', () => {
    const x = { f: () => 1, list: [Symbol('s'), 1] }
    const text =
      'main = x.f is not defined and x.list[0] is not defined and x.list[1] is 1 and f is not defined'
    expect(outcome(text, { globals: { x, f: x.f } })).toBe('pass')
  })

  it('are looked at as far as the policy does', () => {
    const endless: unknown[] = []
    endless.push(endless, new Map([[null, 1]]))
    expect(outcome('main = length(x[0][0][0]) is 2', { globals: { x: endless } })).toBe('pass')
    expect(outcome('print(x)\nmain = true', { globals: { x: endless } })).toMatch(/^error .*more than 1000/)
    expect(outcome('main = x[1] is {}', { globals: { x: endless } })).toMatch(/^error .*has a key that is no/)
  })

  it('an evaluation does not change', () => {
    const x = { list: [1] }
    expect(outcome('append(x.list, 2)\nmain = length(x.list) is 2', { globals: { x } })).toBe('pass')
    expect(x).toEqual({ list: [1] })
  })

  it('parameters come from the host, then from their default', () => {
    const text = 'param a\nparam b default [-1]\nmain = a is 1 and b[0] is -1'
    expect(outcome(text, { params: { a: 1 } })).toBe('pass')
    expect(outcome(text, { params: { a: 1, b: [2] } })).toBe('fail')
    expect(outcome(text)).toBe('error p.sentinel:1:1: requires value for parameter a')
  })

  it('static data is a value under its own name, and is never changed', () => {
    const data = { 'some/people': [{ name: 'a' }, { name: 'b' }] }
    const text =
      'import "some/people" as people\nx = people\nappend(x, 1)\nmain = length(filter people as p { p.name is "b" }) is 1 and length(x) is 3'
    expect(outcome(text, { data })).toBe('pass')
    expect(outcome('import "some/people" as p\np[0] = 1\nmain = true', { data })).toMatch(/cannot be changed/)
  })

  it('static data can be imported in part', () => {
    const data = { pets: { dogs: ['rex'], nested: { cats: 1, '__proto__ ': 2 } }, 'pets/birds': 'own' }
    const main = (path: string) => outcome(`import "${path}" as p\nmain = p`, { data })
    expect(run('import "pets/dogs" as dogs\nmain = dogs', { data }).value).toEqual(['rex'])
    expect(run('import "pets/nested/cats" as cats\nmain = cats', { data }).value).toBe(1)
    expect(run('import "pets/birds" as birds\nmain = birds', { data }).value).toBe('own')
    expect(main('pets/fish')).toBe(
      'error p.sentinel:1:1: import `pets/fish` leads nowhere: there is no `fish`',
    )
    expect(main('pets/dogs/0')).toMatch(/leads nowhere: there is no `0`$/)
    expect(main('people/dogs')).toBe('error p.sentinel:1:1: unknown import `people/dogs`')
  })

  it('times show in the zone that the host gives', () => {
    const zone = { name: 'Europe/Vienna', offsetSeconds: (ms: number) => (ms < 1_000_000 ? 3600 : 7200) }
    const text = `import "time"
t = time.now
u = time.load("1970-01-01T00:00:00Z").add(time.hour)
print(t.hour, t.day, t.weekday_name, t.zone, t.zone_string, t.unix, u.hour, u.unix, t.after(u))
main = true`
    const now = Date.UTC(2026, 5, 30, 23, 0, 0)
    expect(run(text, { now, zone }).print).toEqual([
      '1 1 Wednesday 7200 Europe/Vienna 1782860400 3 3600 true',
    ])
    expect(run(text, { now }).print).toEqual(['23 30 Tuesday 0 UTC 1782860400 1 3600 true'])
    expect(evaluateGenerated(compile(text), { now, zone }).print).toEqual(run(text, { now, zone }).print)
  })

  it('the same policy is evaluated with many', () => {
    const policy = compile(source('main = x > 1'))
    expect([1, 2, 3].map((x) => policy.evaluate({ globals: { x } }).status)).toEqual(['fail', 'pass', 'pass'])
  })
})

describe('sources', () => {
  it('may be plain texts', () => {
    expect(evaluate('main = )').error).toMatchObject({ file: 'policy.sentinel', line: 1, column: 8 })
    const modules = { 'a/b': 'f = func() { return 1 / 0 }' }
    expect(evaluate('import "a/b" as b\nmain = b.f()', { modules }).error?.file).toBe('a/b')
    expect(format('a  = 1')).toEqual({ kind: 'formatted', text: 'a = 1\n' })
    expect(lint('main = 1 / 0').map(({ message }) => message)).toEqual(['division by zero'])
  })

  it('that are compiled with imports keep them, unless an evaluation has others', () => {
    const data = { people: ['a', 'b'] }
    const policy = compile('import "m"\nimport "people"\nmain = m.n + length(people)', {
      modules: { m: 'n = 1' },
      data,
    })
    expect(policy.evaluate().value).toBe(3)
    expect(policy.evaluate({ modules: { m: 'n = 5' } }).value).toBe(7)
    expect(policy.evaluate({ data: { m: { n: 7 } } }).value).toBe(9)
    expect(policy.evaluate({ modules: { m: 'n = ' } }).error?.file).toBe('m')
  })
})

describe('modules', () => {
  const modules = {
    m: source(
      'import "n"\nlist = [1]\nget = func() { return list }\nr = rule { list }\nprint("m runs")\nn = 5',
      'm',
    ),
    n: source('print("n runs")\nvalue = 7', 'n'),
  }

  it('a broken one is refused when it is compiled in, though nobody imports it', () => {
    const policy = compile(source('main = true'), { modules: { m: source('break', 'm') } })
    expect(policy.evaluate().status).toBe('invalid')
    expect(evaluateGenerated(policy).status).toBe('invalid')
  })

  it('run once, whoever imports them', () => {
    const result = run('import "n"\nimport "m"\nmain = n.value + m.n is 12', { modules })
    expect(result).toMatchObject({ status: 'pass', print: ['n runs', 'm runs'] })
  })

  it('give copies of their data, however deep', () => {
    const text =
      'import "m"\na = m.list\nappend(a, 2)\nmain = length(m.list) is 1 and length(a) is 2 and length(m.get()) is 1'
    expect(outcome(text, { modules })).toBe('pass')
    const deep = { d: source('x = {"a": {"b": [1]}}\nsize = func() { return length(x.a.b) }', 'd') }
    const change =
      'import "d"\ny = d.x\nappend(y.a.b, 2)\nmain = length(y.a.b) is 2 and d.size() is 1 and length(d.x.a.b) is 1'
    expect(outcome(change, { modules: deep })).toBe('pass')
  })

  it('that change their data later do not change what was read', () => {
    const modules = { m: source('l = [[1]]\ngrow = func() { append(l[0], 2)\nreturn true }', 'm') }
    expect(
      outcome('import "m"\na = m.l\nm.grow()\nmain = length(a[0]) is 1 and length(m.l[0]) is 2', { modules }),
    ).toBe('pass')
  })

  it('evaluate their rules, and give undefined for what they lack', () => {
    expect(outcome('import "m"\nmain = m.r[0] is 1 and m.nothing is not defined', { modules })).toBe('pass')
    expect(outcome('import "m"\nmain = m.nothing(1) is not defined', { modules })).toBe('pass')
  })

  it('stand before standard imports', () => {
    const mock = { strings: source('has_prefix = func(a, b) { return "mock" }', 'mock') }
    expect(
      outcome('import "strings"\nmain = strings.has_prefix("a", "b") is "mock"', { modules: mock }),
    ).toBe('pass')
  })

  it('have no parameters, and do not see the variables of the policy', () => {
    expect(outcome('import "p"\nmain = true', { modules: { p: source('param a default 1', 'p') } })).toBe(
      'error p:1:1: a module cannot have parameters',
    )
    const modules = { p: source('f = func() { return secret }', 'p') }
    expect(outcome('import "p"\nsecret = 1\nmain = p.f()', { modules })).toMatch(
      /unknown identifier `secret`/,
    )
  })
})

describe('the trace', () => {
  const text = [
    '# Who may do it.',
    '# Second line.',
    '',
    '# not part of it',
    'import "strings"',
    '',
    '// Only on weekdays.',
    'weekday = rule { true }',
    'never = rule { false }',
    'a = rule { [1, 2] }',
    'main = rule { weekday and a is not empty }',
  ].join('\n')

  it('has the rules that were evaluated, `main` first', () => {
    const { trace } = run(text)
    expect(trace.description).toBe('Who may do it.\nSecond line.')
    expect(
      trace.rules.map(({ name, description, text: shown, position: { line } }) => [
        name,
        description,
        shown,
        line,
      ]),
    ).toEqual([
      ['main', '', 'true', 11],
      ['a', '', '[1 2]', 10],
      ['weekday', 'Only on weekdays.', 'true', 8],
    ])
  })

  it('comes with what was printed before an error', () => {
    expect(run('a = rule { true }\nprint("x", a)\nmain = 1 / 0')).toMatchObject({
      status: 'error',
      print: ['x true'],
      trace: { rules: [{ name: 'a' }] },
    })
  })
})

describe('facts that only the host can find out', () => {
  const text =
    'import "http"\nr = http.get("https://example.com/é")\nprint("got", r.status_code)\nmain = r.body is "ok"'

  it('are asked for, and the evaluation starts again with the answer', () => {
    const policy = compile(source(text))
    const first = policy.evaluate({ http: true })
    expect(first).toMatchObject({
      status: 'need',
      print: [],
      need: { ask: { method: 'GET', url: 'https://example.com/é', retries: 1 } },
    })
    const answers = new Map([
      [first.need?.key ?? '', { value: { status_code: 200, headers: {}, body: 'ok' } }],
    ])
    expect(policy.evaluate({ http: true, answers })).toMatchObject({
      status: 'pass',
      print: ['got 200'],
      need: undefined,
    })
  })

  it('may have no answer, or one that is not accepted', () => {
    const key = run(text, { http: true }).need?.key ?? ''
    const given = (answer: { value: unknown } | { error: string }) =>
      outcome(text, { http: true, answers: { [key]: answer } })
    expect(given({ error: 'no route to host' })).toBe(
      'error p.sentinel:2:5: error calling function "get": no route to host',
    )
    expect(given({ value: { status_code: 500 } })).toMatch(/was answered with status 500$/)
  })

  it('differ by all that is asked', () => {
    const client =
      'http.accept_status_codes([404]).with_timeout(5).with_retries(2).without_certificate_verification()'
    const request = 'http.request("u").with_header("a", "b").with_basic_auth("x", "y").with_body("z")'
    const { need } = run(`import "http"\nmain = ${client}.post(${request}) is {}`, { http: true })
    expect(need?.ask).toEqual({
      ...{
        import: 'http',
        method: 'POST',
        url: 'u',
        body: 'z',
        timeoutSeconds: 5,
        retries: 2,
        verifiesCertificates: false,
      },
      headers: new Map([
        ['Accept', '*/*'],
        ['a', 'b'],
        ['Authorization', 'Basic eDp5'],
      ]),
    })
  })

  it('are not asked for where the host does not allow it, unless a mock answers', () => {
    expect(outcome(text)).toBe('error p.sentinel:1:1: the import `http` is not enabled here')
    const modules = { http: source('get = func(url) { return {"status_code": 200, "body": "ok"} }', 'mock') }
    expect(outcome(text, { modules })).toBe('pass')
  })
})

describe('limits', () => {
  const doubled = 'l = [1]\nm = [1]\nfor range(40) as _ { l = [l, l]\nm = [m, m] }\n'
  const clock = { at: 0, now: () => (clock.at += 10) }
  for (const [name, text, limits, want] of [
    ['steps', 'for range(1000) as x { y = x }\nmain = true', { steps: 500 }, 'more than 500 steps'],
    [
      'bytes by doubling',
      's = "ab"\nfor range(60) as _ { s += s }\nmain = true',
      {},
      'values of more than 268435456 bytes',
    ],
    [
      'bytes by lists',
      'l = [1]\nfor range(60) as _ { l = l + l }\nmain = true',
      {},
      'values of more than 268435456 bytes',
    ],
    [
      'bytes by a built-in',
      'import "strings"\ns = strings.replace("aaaa", "a", "bbbb")\nmain = true',
      { bytes: 15 },
      'values of more than 15 bytes',
    ],
    ['output', 'print("12345")\nprint("12345")\nmain = true', { output: 10 }, 'more than 10 bytes printed'],
    ['depth', 'f = func() { return f() }\nmain = f()', {}, 'more than 500 nested calls'],
    [
      'time on the given clock',
      'for range(100000) as x { }\nmain = true',
      { wallMs: 50, clock },
      'more than 50 ms',
    ],
    [
      'a regular expression that blows up is only slow',
      'main = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab" matches "^(a+)+$"',
      {},
      '',
    ],
    [
      'what is shared is compared only so often',
      `${doubled}main = l is m`,
      { steps: 100_000 },
      'more than 100000 steps',
    ],
    [
      'what is shared is printed only so often',
      `${doubled}print(l)\nmain = true`,
      {},
      'values of more than 268435456 bytes',
    ],
    [
      'what is shared is joined only so often',
      `import "strings"\n${doubled}main = strings.join(l, "")`,
      {},
      'values of more than',
    ],
    [
      'what is shared is marshalled only so often',
      `import "json"\n${doubled}main = json.marshal(l)`,
      { steps: 100_000 },
      'more than 100000 steps',
    ],
    [
      'what is shared is given out only so often',
      `${doubled}main = l`,
      { bytes: 1_000_000 },
      'values of more than 1000000 bytes',
    ],
    [
      'a search costs what it looks at',
      'x = range(1000)\nfor x as a { y = a in x }\nmain = true',
      { steps: 100_000 },
      'more than 100000 steps',
    ],
    [
      'a copy after a loop is paid for',
      'l = range(1000)\nfor range(1000) as _ { for l as x { append(l, 1)\nbreak } }\nmain = true',
      { bytes: 1_000_000 },
      'values of more than',
    ],
    [
      'the size of a regular expression counts',
      'main = "aaaaaaaaaa" matches "(a{1,900})(b{1,900})"',
      { steps: 1000 },
      'more than 1000 steps',
    ],
    [
      'patterns',
      'p = "a"\nfor range(17) as _ { p += p }\nmain = "a" matches p',
      {},
      'a regular expression of more than 65536 bytes',
    ],
  ] as const) {
    it(name, () => expect(run(text, { limits }).error?.message ?? '').toContain(want))
  }

  it('values of the host cost what is made of them, as soon as somebody looks', () => {
    const [numbers, limits] = [Array.from({ length: 100_000 }, (_, at) => at), { bytes: 1_000_000 }]
    const lists = numbers.map((at) => [at])
    const tooMuch = 'error p.sentinel:1:12: values of more than 1000000 bytes'
    expect(outcome('main = all lists as x { x[0] >= 0 }', { globals: { lists }, limits })).toBe(tooMuch)
    expect(outcome('param p\nmain = any p as x { x is 0 }', { params: { p: lists }, limits })).toMatch(
      /bytes$/,
    )
    expect(outcome('main = numbers is numbers', { globals: { numbers }, limits })).toMatch(/bytes$/)
    expect(outcome('main = all numbers as x { x >= 0 }', { globals: { numbers }, limits })).toBe('pass')
    expect(outcome('main = length(numbers) is 100000', { globals: { numbers }, limits })).toBe('pass')
  })

  it('a large source costs what its tree takes, and so does that of a module', () => {
    const many = (count: number) => `l = [${'0,'.repeat(count)}]\n`
    const limits = { bytes: 10_000_000 }
    expect(outcome(`${many(20_000)}main = true`, { limits })).toBe('pass')
    expect(outcome(`${many(60_000)}main = true`, { limits })).toMatch(/^error p.sentinel:1:1: values of more/)
    const modules = { m: source(many(60_000), 'm') }
    for (const evaluator of [evaluateGenerally, evaluateGenerated]) {
      const { error } = evaluator(compile(source('import "m"\nmain = true')), { modules, limits })
      expect(error?.message).toMatch(/^values of more/)
    }
  })

  it('a hundred thousand operands are evaluated', () => {
    expect(outcome(`main = 0${' + 1 - 1'.repeat(50_000)}`)).toBe('pass')
    expect(outcome(`main = rule { true${' and true'.repeat(100_000)} }`)).toBe('pass')
  })

  it('the deepest tree that can be written is evaluated', () => {
    expect(outcome(`main = ${'[1, '.repeat(390)}${']'.repeat(390)}`)).toBe('fail')
    expect(outcome(`main = ${'not '.repeat(390)}true`)).toBe('pass')
  })

  it('a stack that runs out all the same is an error of the policy', () => {
    const inner = `${'[1, '.repeat(300)}f(n)${']'.repeat(300)}`
    const policy = compile(source(`f = func(n) { return ${inner} }\nmain = f(1)`))
    for (const result of [policy.evaluate(), evaluateGenerated(policy)]) {
      expect(result.error?.message).toMatch(/nests too deep|nested calls/)
    }
  })
})

describe('no way out of the language', () => {
  for (const text of [
    'main = {}.constructor is not defined and {}.__proto__ is not defined',
    'main = [].length is defined',
    'main = "".constructor is defined',
    'f = func() { return 1 }\nmain = f.constructor is defined',
    'import "strings"\nmain = strings.constructor is not defined and strings.__proto__ is not defined',
    'main = globalThis is defined',
    'main = print.constructor is defined',
  ]) {
    it(text, () => expect(outcome(text)).toMatch(/^pass$|^error .*(?:has no|unknown identifier)/))
  }
})

it('the parameters of a policy, with their descriptions and places', () => {
  const { parameters } = compile('# Largest size.\nparam size\nparam zone default "a"\nmain = true')
  expect(parameters).toEqual([
    {
      name: 'size',
      description: 'Largest size.',
      isRequired: true,
      position: { file: 'policy.sentinel', line: 2, column: 1, offset: 16 },
    },
    expect.objectContaining({ name: 'zone', description: '', isRequired: false }),
  ])
})

it('a host may give a float that is a whole number', () => {
  const { status } = evaluate('main = string(x) is "3.000000" and x is 3', { globals: { x: new Float(3) } })
  expect(status).toBe('pass')
})

it('the trace has collections an element each', () => {
  const items = (value: string) => evaluate(`main = rule { ${value} }`).trace.rules[0]?.items
  expect(items('["a", [1, 2.0]]')).toEqual(['"a"', '[1 2.000000]'])
  expect(items('{"b": 1, "a": []}')).toEqual(['"a": []', '"b": 1'])
  expect(items('"a"')).toBeUndefined()
})
