import { describe, expect, it } from 'vitest'
import { SentinelError } from '../base/index.ts'
import { evaluate } from '../lang/index.ts'
import { readAssignment, readGiven } from './index.ts'

/** A value as the language prints it. */
const printed = (value: unknown) => evaluate('print(x)\nmain = true', { globals: { x: value } }).print[0]

describe('what is given as name=value', () => {
  for (const [text, name, want] of [
    ['a=b', 'a', 'b'],
    ['a=', 'a', ''],
    ['a=b=c', 'a', 'b=c'],
    ['a=3', 'a', '3.000000'],
    ['a=-1.5e3', 'a', '-1500.000000'],
    ['a=007', 'a', '007'],
    ['a=3 eggs', 'a', '3 eggs'],
    ['a=true', 'a', 'true'],
    ['a="true"', 'a', 'true'],
    ['a="3"', 'a', '3'],
    ['a=[1, "b", [true]]', 'a', '[1.000000 "b" [true]]'],
    ['a= {"b": {"c": 1}} ', 'a', '{"b": {"c": 1.000000}}'],
    ['__proto__={"constructor": null}', '__proto__', '{"constructor": null}'],
  ] as const) {
    it(text, () => {
      const [found, value] = readAssignment('-global', text)
      expect([found, printed(value)]).toEqual([name, want])
    })
  }

  it('`true` is a text, since the original has no booleans here', () =>
    expect(readGiven('x', 'true')).toBe('true'))

  for (const [text, message, detail] of [
    ['a', '`-global` takes name=value, not `a`', undefined],
    ['=b', '`-global` takes name=value, not `=b`', undefined],
    [
      'a=[1',
      'the value of `-global a` begins as JSON and is none',
      '-global a:1:3: error: expected `,` or `]`, found the end of the file',
    ],
    [
      'a="b',
      'the value of `-global a` begins as JSON and is none',
      '-global a:1:1: error: the string has no closing quote',
    ],
    ['a=1e400', 'a number of `-global a` is too large', undefined],
    ['a=-1e400', 'a number of `-global a` is too large', undefined],
    ['a={"b": [1e400]}', 'a number of `-global a` is too large', undefined],
    [
      'a={b: 1}',
      'the value of `-global a` begins as JSON and is none',
      '-global a:1:2: error: expected a name in double quotes, found `b`',
    ],
  ] as const) {
    it(`${text} is an error`, () => {
      try {
        readAssignment('-global', text)
        expect.unreachable()
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(SentinelError)
        expect(thrown).toMatchObject({ code: 'USAGE', message })
        expect((thrown as SentinelError).details[0]).toBe(detail)
      }
    })
  }
})
