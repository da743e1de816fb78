import { describe, expect, it } from 'vitest'
import {
  compile,
  type EvaluationInputs,
  evaluateGenerally,
  evaluateGenerated,
  evaluateWalked,
} from '../policy.ts'
import { generate } from './source.ts'
import { quoted } from './writer.ts'

const evaluators = { evaluateWalked, evaluateGenerated, evaluateGenerally }
const policyOf = (text: string) => compile({ name: 'p.sentinel', text })

/** What each evaluator says; they must agree. */
function told(text: string, inputs: EvaluationInputs = {}): string {
  const all = Object.values(evaluators).map((evaluate) => {
    const { status, print, error } = evaluate(policyOf(text), inputs)
    return [
      status,
      ...print,
      ...(error === undefined ? [] : [`${error.line}:${error.column} ${error.message}`]),
    ]
  })
  for (const other of all) expect(other).toEqual(all[0])
  return (all[0] ?? []).join(' ')
}

describe('the text of generated code', () => {
  it('can be looked at', () => {
    const { text } = generate(policyOf('main = rule { request.size < 10 }').program, 'quick')
    expect(text).toMatch(/\["size"\]/)
    expect(text).toMatch(/typeof (t\d+) === "number" \? \1 < 10 : \$isBelow/)
  })

  it('has strings of a policy only as literals that spell everything odd out', () => {
    expect(quoted('a"\\\n\u2028é${x}')).toBe('"a\\u0022\\u005c\\u000a\\u2028\\u00e9${x}"')
    const text = 'main = x["\\"]; throw 1; [\\""] else "`${process.exit()}\\u2028" is "</script>"'
    const code = generate(policyOf(text).program, 'quick').text
    expect(code).not.toMatch(/throw 1; \["/)
    expect(told(text, { globals: { x: {} } })).toBe('fail')
  })

  it('has no names of a policy', () => {
    const { text } = generate(
      policyOf('zebra = func(giraffe) { return giraffe }\nmain = zebra(1)').program,
      'policy',
    )
    expect(text.replaceAll(/"(?:[^"])*"/g, '')).not.toMatch(/zebra|giraffe/)
  })
})

describe('nothing leads out of a policy', () => {
  for (const name of [
    'globalThis',
    'process',
    'Function',
    'eval',
    'this',
    '$machine',
    '$support',
    '$k',
    'x1',
    'arguments',
  ]) {
    it(`${name} is a name like any other`, () => {
      const read = name.startsWith('$') ? undefined : told(`main = ${name} is 1`, { globals: { [name]: 1 } })
      if (read !== undefined) expect(read).toBe('pass')
      expect(told(`main = rule { ${name.replace('$', 'S')} }`)).toMatch(/unknown identifier/)
    })
  }

  for (const name of [
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    '__defineGetter__',
    'valueOf',
  ]) {
    it(`${name} is a field like any other`, () => {
      const own = JSON.parse(`{"x": {"${name}": {"a": 1}}, "${name}": 2}`) as Record<string, unknown>
      const text = `main = x.${name}.a is 1 and x["${name}"].a is 1 and ${name} is 2`
      expect(told(text, { globals: own })).toBe('pass')
      const none = `main = x.${name} is not defined and x.a.${name} is not defined and x["${name}"] is not defined`
      expect(told(none, { globals: { x: { a: {} } } })).toBe('pass')
      expect(told(`main = ${name}`)).toMatch(/unknown identifier/)
    })
  }

  it('what an object inherits is not there', () => {
    class Request {
      own = 1
      get secret() {
        return 'from the class'
      }
    }
    const child = Object.assign(Object.create({ secret: 'from the parent' }), { own: 1 })
    const bare = Object.assign(Object.create(null), { own: 1 })
    for (const x of [new Request(), child, bare, Object.assign(() => 1, { own: 1 })]) {
      const text = 'main = x.secret is not defined and (x.own else 1) is 1 and length([x]) is 1'
      expect(told(text, { globals: { x } })).toBe('pass')
    }
    expect(told('main = secret', { globals: child })).toMatch(/unknown identifier/)
  })
})

describe('the host’s data', () => {
  const globals = () => ({ x: { list: [1, { a: 'é' }], map: { k: [1.5, -0, 2n ** 60n] } }, n: null })

  it('is never changed', () => {
    const given = globals()
    const text = [
      'append(x.list, 3)\nappend(x.map.k, x)\nx.map["new"] = 1\ndelete(x, "map")\nx.list[1]["a"] = 2',
      'for x.list as e { y = e }\nmain = length(x.list) is 3 and x.map is not defined and x.list[1].a is 2',
    ].join('\n')
    for (let time = 0; time < 3; time++) expect(told(text, { globals: given })).toBe('pass')
    expect(given).toEqual(globals())
  })

  it('is what the language makes of it', () => {
    const text = [
      'print(x, n, x.list[1].a, length(x.list[1].a), x.map.k[1], x.map.k[2] + 1, map x as k, v { k })',
      'print(filter x.list as i, e { i > 0 }, filter x as k, v { k is "map" }, all x.list as e { e is not 7 })',
      'print(x.list[0] is 1.0, x.map.k[0] < 2, x.list[1].a is "é", x.list[1].a in ["é", "e"], x.map.k[0] in [1, 1.5])',
      'print(x.list[-1].a matches "^.$", x.nothing else 5, x.list[1].a else 5, x.list is empty, x.q is not defined)',
      'main = true',
    ].join('\n')
    expect(told(text, { globals: globals() })).toMatch(/^pass .*"é"/)
  })

  it('may be Maps, which other code reads than plain objects, from then on', () => {
    const policy = policyOf('main = rule { x.a is 1 and all x as k, v { v is 1 } }')
    for (const x of [{ a: 1 }, new Map([['a', 1]]), { a: 1 }]) {
      expect(evaluateGenerated(policy, { globals: { x } }).status).toBe('pass')
      expect(evaluateGenerated(policy, { globals: new Map([['x', x]]) }).status).toBe('pass')
    }
  })

  it('may evaluate the same policy while it is read', () => {
    const policy = policyOf('main = rule { x.again is 1 and y is 2 }')
    const inner: string[] = []
    const x = {
      get again() {
        inner.push(evaluateGenerated(policy, { globals: { x: { again: 1 }, y: 3 } }).status)
        return 1
      },
    }
    expect(evaluateGenerated(policy, { globals: { x, y: 2 } }).status).toBe('pass')
    expect(inner).toEqual(['fail'])
  })

  it('is read afresh each time, prints and rules too', () => {
    const policy = policyOf('a = rule { x > 1 }\nprint(x)\nmain = a')
    const results = [1, 2, 3].map((x) => evaluateGenerated(policy, { globals: { x } }))
    expect(results.map(({ status, print }) => [status, ...print])).toEqual([
      ['fail', '1'],
      ['pass', '2'],
      ['pass', '3'],
    ])
  })
})

describe('limits', () => {
  const programs = [
    'for range(5) as i { x = i * 2 }\nmain = rule { all range(4) as i { i < 9 and i in [0, 1, 2, 3] } }',
    'f = func(n) { if n is 0 { return 0 }\nreturn f(n - 1) + 1 }\nmain = f(6) is 6',
    's = "ab"\nfor range(4) as _ { s += s }\nprint(s)\nmain = s matches "^(ab)+$" and any ["x", s] as t { t is s }',
  ]
  for (const text of programs) {
    it(`end at the same place: ${text.slice(0, 30)}`, () => {
      for (const limit of ['steps', 'bytes', 'depth', 'output'] as const) {
        for (const most of [0, 1, 2, 3, 5, 8, 13, 30, 60, 100, 150, 300, 1000, 3000]) {
          told(text, { limits: { [limit]: most } })
        }
      }
    })
  }

  it('are those of the evaluation, not of the one before', () => {
    const policy = policyOf('print("abcd")\nmain = all range(40) as i { i < 50 }')
    const clock = { now: () => 0 }
    const given = [{}, { steps: 50 }, {}, { bytes: 100 }, { clock }, { output: 4, clock }, { output: 5 }]
    const statuses = given.map((limits) => evaluateGenerated(policy, { limits }).status)
    expect(statuses).toEqual(['pass', 'error', 'pass', 'error', 'pass', 'error', 'pass'])
  })

  it('of time are for both evaluations together', () => {
    const clock = { at: 0, now: () => (clock.at += 10) }
    const result = evaluateGenerated(policyOf('for range(1000000) as x { }\nmain = true'), {
      limits: { wallMs: 50, clock },
    })
    expect(result.error?.message).toBe('more than 50 ms')
    expect(clock.at).toBeLessThan(100)
  })

  it('hold for literal patterns, which are compiled where they are needed', () => {
    const patterns = Array.from({ length: 60 }, (_, at) => `"a" matches "${'\\\\pL'.repeat(7000)}${at}"`)
    const unreached = policyOf(`main = true or (${patterns.join(' or ')})`)
    const reached = policyOf(`main = ${patterns.join(' or ')}`)
    for (let time = 0; time < 12; time++) expect(evaluateGenerated(unreached).status).toBe('pass')
    for (const evaluate of Object.values(evaluators)) {
      expect(evaluate(reached).error?.message).toBe('values of more than 268435456 bytes')
    }
  })

  it('are the same for a pattern that was compiled before', () => {
    const policy = policyOf('main = "É" matches "(?i)é{1,90}$"')
    const stepsOf = (steps: number) => evaluateGenerated(policy, { limits: { steps } }).status
    const least = Array.from({ length: 2000 }, (_, at) => at * 10).find((steps) => stepsOf(steps) === 'pass')
    expect(least).toBeGreaterThan(100)
    expect(stepsOf((least ?? 0) - 10)).toBe('error')
  })

  it('of time are kept where texts are long: there is no code for them', () => {
    const policy = policyOf(`main = "${'é'.repeat(2_000_000)}" is 1`)
    expect(policy.code.exists).toBe(false)
    expect(policyOf('main = "é" is 1').code.exists).toBe(true)
  })

  it('let 500 calls nest', () => {
    expect(told('f = func(n) { if n is 0 { return 0 }\nreturn [f(n - 1)][0] }\nmain = f(499)')).toBe('pass')
    expect(told('f = func(n) { if n is 0 { return 0 }\nreturn [f(n - 1)][0] }\nmain = f(500)')).toMatch(
      /500 nested/,
    )
  })
})

it('addresses in the network of a literal', () => {
  const texts = [
    ...['10.20.0.0', '10.20.255.255', '10.21.0.0', '9.255.255.255', '0.0.0.0', '255.255.255.255'],
    ...[
      '10.20.0',
      '10.20.0.0.0',
      '10.20.0.256',
      '10.20.00.1',
      '10.20.0.01',
      '10..0.1',
      '.10.20.0',
      '10.20.0.',
    ],
    ...['', '10.20.0.0/16', '10.20.0.0/15', '::1', '10.20.0.1 ', '10.20.0.x', '10.20.0.1000', 'é.20.0.1'],
  ]
  for (const network of ['10.20.0.0/16', '10.20.0.0/0', '10.20.7.7/17', '255.255.255.255/32', '0.0.0.0/1']) {
    const text = `import "sockaddr"\nmain = sockaddr.is_contained("${network}", address)`
    for (const address of texts) told(text, { globals: { address } })
  }
})

it('after some evaluations a policy runs as code, and says the same', () => {
  const policy = policyOf('# Why.\na = rule { x.size < 10 }\nmain = rule { a and x.nothing.at.all is 1 }')
  const results = Array.from({ length: 14 }, () => policy.evaluate({ globals: { x: { size: 1 } } }))
  const [first, last] = [results[0], results.at(-1)]
  expect(last?.undefinedAt).toEqual(first?.undefinedAt)
  expect(last?.trace).toEqual(first?.trace)
  expect(last?.trace.description).toBe('Why.')
})
