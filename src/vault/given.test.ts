import { describe, expect, test } from 'vitest'
import { givenToBody } from './given.ts'

const sources = { file: (path: string) => `[${path}]`, stdin: () => '{"from":"stdin","n":1}' }
const body = (...given: string[]) => ({ ...givenToBody(given, sources) })

describe('what stands behind a command', () => {
  for (const [given, want] of [
    [['a=b'], { a: 'b' }],
    [['a=b=c', 'd='], { a: 'b=c', d: '' }],
    [['a=1', 'a=2', 'a=3'], { a: ['1', '2', '3'] }],
    [['a=@x.txt'], { a: '[x.txt]' }],
    [['a=\\@x'], { a: '@x' }],
    [['a=-'], { a: '{"from":"stdin","n":1}' }],
    [['-', 'a=b'], { from: 'stdin', n: 1, a: 'b' }],
    [['__proto__=x'], Object.fromEntries([['__proto__', 'x']])],
    [[], {}],
  ] as const)
    test(given.join(' '), () => expect(body(...given)).toEqual(want))

  for (const [given, message] of [
    ['a', '`a` is not name=value'],
    ['=b', '`=b` is not name=value'],
    ['@x.json', '`x.json` holds no JSON object'],
  ] as const)
    test(`${given}: refused`, () => expect(() => body(given)).toThrow(message))
})
