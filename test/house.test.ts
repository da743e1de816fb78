import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { breaches, type FloorPlan, readHouse } from './house.ts'
import { isProved, judged, patternsIn } from './patterns.ts'

const root = join(import.meta.dirname, '..')

describe('the house', () => {
  it('keeps to its floor plan', () => {
    const plan = JSON.parse(readFileSync(join(root, 'house.json'), 'utf8')) as FloorPlan
    expect(breaches(plan, readHouse(root, 'src'))).toEqual([])
  })
})

describe('each kind of breach is caught', () => {
  const plan: FloorPlan = { rooms: { base: [], policy: ['base'], aws: ['base'], cli: ['base', 'policy'] } }
  for (const [name, path, text, want] of [
    [
      'a room that is not on the line',
      'src/policy/a.ts',
      "import { x } from '../aws/index.ts'",
      'may import only base',
    ],
    [
      'a dynamic import is an import',
      'src/policy/a.ts',
      "await import('../aws/index.ts')",
      'may import only base',
    ],
    [
      'another room by its back door',
      'src/cli/a.ts',
      "import { x } from '../policy/b.ts'",
      'enter `policy` by its',
    ],
    ['a file outside the rooms', 'src/a.ts', '', 'belongs to a room'],
    ['a room that nobody planned', 'src/attic/a.ts', '', 'not in house.json'],
    ['an import from outside src', 'src/cli/a.ts', "import { x } from '../../dev/b.ts'", 'not in src/'],
    ['the ambient clock', 'src/policy/a.ts', 'const t = Date.now()', 'ask the Clock'],
    ['its date without parentheses', 'src/policy/a.ts', 'const t = new Date', 'ask the Clock'],
    ['the clock of performance', 'src/policy/a.ts', 'performance.now()', 'ask the Clock'],
    ['a random UUID', 'src/aws/a.ts', 'const id = randomUUID()', 'ask the Random'],
    ['ambient randomness', 'src/policy/a.ts', 'Math.random()', 'ask the Random'],
    ['the ambient environment', 'src/aws/a.ts', 'process.env.HOME', 'take it as an argument'],
    ['the environment taken apart', 'src/aws/a.ts', 'const { env } = process', 'take it as an argument'],
    ['the environment by its name', 'src/aws/a.ts', "process['env']", 'take it as an argument'],
    ['the process imported', 'src/aws/a.ts', "import { env } from 'node:process'", 'take it as an argument'],
    [
      'the SDK outside its room',
      'src/cli/a.ts',
      "import('@aws-sdk/client-sts')",
      'go through the room `aws`',
    ],
    ['I/O in a pure room', 'src/policy/a.ts', "import fs from 'node:fs'", 'this room is pure'],
    ['fs by its bare name', 'src/policy/a.ts', "import fs from 'fs'", 'this room is pure'],
    ['HTTP/2 in a pure room', 'src/policy/a.ts', "import('node:http2')", 'this room is pure'],
    [
      'DNS in a pure room',
      'src/policy/a.ts',
      "import { lookup } from 'node:dns/promises'",
      'this room is pure',
    ],
    ['TLS in a pure room', 'src/policy/a.ts', "import 'node:tls'", 'this room is pure'],
    ['a fetch in a pure room', 'src/policy/a.ts', 'await fetch(url)', 'this room is pure'],
    [
      'TLS that the environment can loosen',
      'src/cli/a.ts',
      "import { request } from 'node:https'",
      'say `rejectUnauthorized`',
    ],
    [
      'such TLS when it is needed',
      'src/aws/a.ts',
      "const { connect } = await import('tls')",
      'say `rejectUnauthorized`',
    ],
    ['a fetch', 'src/cli/a.ts', 'await fetch(url)', 'asks the environment what TLS is'],
    ['an import by a template', 'src/cli/a.ts', 'await import(`../aws/${x}.ts`)', 'in plain quotes'],
    ['a require that is made', 'src/cli/a.ts', 'createRequire(import.meta.url)', 'in plain quotes'],
    ['a fake in the product', 'src/cli/a.ts', "import { x } from '../base/clock.fake.ts'", 'stays in tests'],
    ['state of a module', 'src/cli/a.ts', 'let count = 0', 'has no state'],
    ['a default export by another name', 'src/cli/a.ts', 'export { x as default }', 'named export'],
    ['a default export', 'src/cli/a.ts', 'export default 1', 'named export'],
    ['a re-export of everything', 'src/cli/a.ts', "export * from './b.ts'", 'name what'],
  ] as const) {
    it(name, () => {
      const found = breaches(plan, [{ path, text }])
      expect(found.join('\n')).toContain(want)
    })
  }

  it('an import loop between files', () => {
    const files = [
      { path: 'src/cli/a.ts', text: "import { b } from './b.ts'" },
      { path: 'src/cli/b.ts', text: "import { a } from './a.ts'" },
    ]
    expect(breaches(plan, files)).toEqual(['import loop: src/cli/a.ts → src/cli/b.ts → src/cli/a.ts'])
  })

  it('a loop in the floor plan itself', () => {
    expect(breaches({ rooms: { a: ['b'], b: ['a'] } }, [])).toEqual(['house.json: loop a → b → a'])
  })

  it('what may be said where it belongs', () => {
    const files = [
      { path: 'src/base/random.ts', text: "import { randomBytes } from 'node:crypto'" },
      { path: 'src/base/clock.ts', text: 'Date.now()' },
      { path: 'src/cli/real-io.ts', text: 'const { platform } = process' },
      { path: 'src/policy/a.ts', text: 'new Date(ms)\nfunction f() {\n  let x = 1\n}' },
      { path: 'src/policy/a.test.ts', text: "import { x } from '../base/clock.fake.ts'" },
    ]
    expect(breaches(plan, files)).toEqual([])
  })

  it('and a house in order has none', () => {
    expect(
      breaches(plan, [{ path: 'src/cli/a.ts', text: "import { x } from '../policy/index.ts'" }]),
    ).toEqual([])
  })
})

describe('patterns of the rooms that read what strangers write', () => {
  const patterns = patternsIn(readHouse(root, 'src'))
  const unproved = patterns.filter((pattern) => !isProved(pattern))

  it('are found', () => expect(patterns.length).toBeGreaterThan(100))

  it('are proved to take linear time, or listed with the reason', () =>
    expect(unproved.filter(({ text }) => !judged.has(text))).toEqual([]))

  it('are listed only as long as they are there, and not proved', () => {
    const texts = new Set(unproved.map(({ text }) => text))
    expect([...judged.keys()].filter((text) => !texts.has(text))).toEqual([])
  })

  for (const [name, line] of [
    ['blanks before an end that may not come', String.raw`const x = text.replace(/\s*\*\/$/g, '')`],
    [
      'letters that may be two code units, which are remembered one by one',
      String.raw`const word = /[\p{L}]+/uy`,
    ],
    ['two ways for each digit', String.raw`if (/^\d+\.?\d*$/.test(text)) return 1`],
    [
      'a repeated group, which is remembered turn by turn',
      String.raw`scanner.match(/"(?:[^"\\\n]|\\.)*"?/y)`,
    ],
    ['everything, then more of it', 'const y = [/^.*a.*b.*$/]'],
  ] as const) {
    it(`${name} is no proof`, () => {
      const found = patternsIn([{ path: 'src/lang/a.ts', text: line }])
      expect(found.map(isProved)).toEqual([false])
    })
  }

  it('what is proved is', () => {
    const line = String.raw`const [a, b] = [/^[-+]?\d+(?:\.\d*)?$/, /[^"\\\n]+/y]`
    expect(patternsIn([{ path: 'src/hcl/a.ts', text: line }]).map(isProved)).toEqual([true, true])
  })
})
