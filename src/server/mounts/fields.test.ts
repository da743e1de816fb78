import { describe, expect, test } from 'vitest'
import { isObject, textToJson } from '../http/json.ts'
import { type Field, readFields } from './fields.ts'

function read(type: Field['type'], json: string): unknown {
  const data = textToJson(`{"x":${json}}`)
  if (!isObject(data)) throw new Error('no object')
  return readFields({ x: { type, help: '' } }, data).x
}

describe('every form that clients send is read', () => {
  for (const [type, json, want] of [
    ['string', '"a"', 'a'],
    ['string', '5', '5'],
    ['int', '"5"', 5],
    ['int', '5', 5],
    ['bool', '"true"', true],
    ['bool', '0', false],
    ['seconds', '"1h30m"', 5400],
    ['seconds', '"2d"', 172_800],
    ['seconds', '60', 60],
    ['seconds', '""', 0],
    ['list', '"a, b"', ['a', 'b']],
    ['list', '["a","b"]', ['a', 'b']],
    ['list', '""', []],
    [
      'map',
      '{"a":"b","n":1}',
      new Map([
        ['a', 'b'],
        ['n', '1'],
      ]),
    ],
    ['map', '"{\\"a\\":\\"b\\"}"', new Map([['a', 'b']])],
    ['map', '["a=b=c"]', new Map([['a', 'b=c']])],
    ['string', 'null', undefined],
  ] as const)
    test(`${type} ${json}`, () => expect(read(type, json)).toEqual(want))
})

describe('a name that only an ACL would take for a field is refused', () => {
  for (const name of ['X', 'x'])
    test(name, () => {
      const body = () =>
        readFields(
          { x: { type: 'string', help: '' } },
          Object.assign(Object.create(null), { [name]: 'a', Y: 1 }),
        )
      if (name === 'x') expect(body()).toEqual({ x: 'a' })
      else expect(body).toThrow('`X` must be written `x`')
    })
})

describe('what is of another type is refused by name', () => {
  for (const [type, json] of [
    ['string', '{}'],
    ['int', '"five"'],
    ['int', '1.5'],
    ['int', '""'],
    ['bool', '"yes"'],
    ['seconds', '"soon"'],
    ['list', '[{}]'],
    ['map', '"nothing"'],
    ['map', '{"a":{}}'],
  ] as const)
    test(`${type} ${json}`, () => expect(() => read(type, json)).toThrow('`x` must be'))
})
