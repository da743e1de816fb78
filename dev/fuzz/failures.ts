// Statements that most likely end a policy, each kind of error its own, and what goes beyond a limit.

import { at, commas, type Words } from './pieces.ts'
import type { Workshop } from './workshop.ts'

/** What ends a policy, or is none. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: table
export function rarely(shop: Workshop): Words {
  const { dice } = shop
  const name = shop.newName()
  return dice.pick<() => Words>([
    () => ['error', '(', ...commas(dice.some(0, 2, () => shop.expression('any').words)), ')'],
    () => [name, '=', 'rule', '{', name, '?;', '}', ';', 'print', '(', name, ')'],
    () => ['append', '(', ...shop.expression('any').words, ',', '1', ')'],
    () => ['delete', '(', ...shop.expression('any').words, ',', '1', ')'],
    () => ['for', ...shop.expression('any').words, 'as', name, '{;', '};'],
    () => [name, '=', '[', ']', ';', 'append', '(', name, ',', name, ')', ';', 'print', '(', name, ')'],
    () => [
      name,
      '=',
      '{',
      '}',
      ';',
      name,
      '[',
      '"a"',
      ']',
      '=',
      name,
      ';',
      'print',
      '(',
      name,
      '==',
      name,
      ')',
    ],
    () => ['print', '(', ...at(8, shop.expression('any')), '[', ...shop.expression('any').words, ']', ')'],
    () => ['print', '(', ...at(8, shop.expression('any')), '.', 'a', ')'],
    () => ['print', '(', ...at(8, shop.expression('any')), '(', ')', ')'],
    () => ['print', '(', 'unknown_name', ')'],
    () => [name, '=', dice.pick([...shop.imports.values(), name])],
    () => [dice.pick([...shop.imports.values(), name]), '[', '"a"', ']', '=', '1'],
    () => [dice.pick([...shop.imports.values(), name]), '.', 'no_such_function', '(', ')'],
    () => {
      const path = dice.pick(['strings', 'decimal', 'collection/lists', 'time', 'http'] as const)
      return [shop.importNamed(path) ?? name, '.', 'v0', '.', 'no_such_method', '(', ')']
    },
    () => deepValue(shop, name),
    () => tooLong(shop, name),
    () => tooDeep(shop, name),
    () => atLimit(shop),
    () => wrongReceiver(shop),
    () => wrongReceiver(shop),
    () => [shop.importNamed('facts/nothing') ?? name, '.', 'a'],
    () => [
      'for',
      'range',
      '(',
      '1000',
      ')',
      'as',
      '_',
      '{;',
      'for',
      'range',
      '(',
      '1000',
      ')',
      'as',
      '_',
      '{;',
      '};',
      ';',
      '};',
    ],
    () => ['main', '=', 'func', '(', ')', '{;', 'return', '1', ';', '};'],
    () => ['range', '(', '0', ',', '9', ',', '0', ')'],
    () => ['true', '=', '1'],
    () => ['break'],
    () => ['return', '1'],
    () => [name, '=', 'append', '(', '[', ']', ',', '1', ')'],
    () => ['func', name, '(', 'a', ',', 'a', ')', '{;', '};'],
  ])()
}

/** A value that contains itself, and what goes through all of it. */
function deepValue(shop: Workshop, name: string): Words {
  const { dice } = shop
  const holds = ['append', '(', name, ',', name, ')', ';']
  const [json, strings, maps] = ['json', 'strings', 'collection/maps'].map(
    (path) => shop.importNamed(path) ?? 'x',
  )
  const use = dice.pick<Words>([
    ['print', '(', name, ')'],
    ['print', '(', name, '==', '[', name, ']', ')'],
    ['main', '=', name],
    ['print', '(', json ?? '', '.', 'marshal', '(', name, ')', ')'],
    ['print', '(', strings ?? '', '.', 'join', '(', name, ',', '""', ')', ')'],
    ['print', '(', name, 'in', '[', '[', name, ']', ']', ')'],
    ['print', '(', maps ?? '', '.', 'get', '(', name, ',', '"0.0.0"', ')', '==', name, ')'],
  ])
  return [name, '=', '[', ']', ';', ...holds, ...use]
}

/** A text that is longer than what any function reads as something. */
function tooLong(shop: Workshop, name: string): Words {
  const { dice } = shop
  const call = (path: string, member: string, ...given: readonly string[]) =>
    [shop.importNamed(path) ?? 'x', '.', member, '(', ...given, ')'] as const
  const use = dice.pick<Words>([
    call('sockaddr', 'is_ipv4', name),
    call('version', 'new', name),
    call('time', 'load', name),
    call('decimal', 'new', name),
    call('collection/maps', 'get', '{', '}', ',', name),
    ['"a"', 'matches', name],
    [name],
  ])
  const loop = [
    'for',
    'range',
    '(',
    dice.pick(['17', '17', '40']),
    ')',
    'as',
    '_',
    '{;',
    name,
    '+=',
    name,
    ';',
    '};',
  ]
  return [name, '=', dice.pick(['"1"', '"a."', '"1."']), ';', ...loop, ';', 'print', '(', ...use, ')']
}

/** Calls that nest deep, each with some expressions around the next. */
function tooDeep({ dice }: Workshop, name: string): Words {
  const levels = dice.below(30)
  const again = [name, '(', 'n', '-', '1', ')']
  const around = (make: (inner: Words) => Words) => {
    let made: Words = again
    for (let level = 0; level < levels; level++) made = make(made)
    return made
  }
  const inner = dice.pick([
    () => around((one) => ['[', ...one, ']', '[', '0', ']']),
    () => around((one) => ['(', '1', '+', ...one, ')']),
    () => around((one) => ['rule', '{', ...one, '}']),
    () => around((one) => ['-', ...one]),
    () => around((one) => ['(', '[', '1', ']', '==', '[', ...one, ']', ')']),
  ])()
  const end = ['if', 'n', '<=', '0', '{;', 'return', '0', ';', '};', ';']
  const made = ['func', name, '(', 'n', ')', '{;', ...end, 'return', ...inner, ';', '};', ';']
  return [...made, 'print', '(', name, '(', dice.pick(['100', '300', '499', '500']), ')', ')']
}

/** Numbers beyond what a function takes. */
function atLimit(shop: Workshop): Words {
  const { dice } = shop
  const decimal = shop.importNamed('decimal') ?? 'x'
  const made = (text: string) => [decimal, '.', 'new', '(', text, ')']
  return [
    ...['print', '('],
    ...dice.pick<Words>([
      [...made('"1e30"'), '.', 'int'],
      [...made('"NaN"'), '.', 'int'],
      [...made('"-Infinity"'), '.', 'int'],
      [...made('-1'), '.', 'power', '(', '.5', ')'],
      [...made('"1e1000000"'), '.', 'multiply', '(', '10', ')'],
      [shop.importNamed('time') ?? 'x', '.', 'now', '.', 'add', '(', '1.0', '/', '0', ')'],
      [...made('"1e200"'), '.', 'modulo', '(', '3', ')'],
      [decimal, '.', 'inf', '(', '1', ')', '.', 'add', '(', '1', ')'],
      ['range', '(', '20000000', ')'],
      [shop.importNamed('collection/lists') ?? 'x', '.', 'union', '(', ')'],
      ['compare', '(', '1', ',', '"a"', ')'],
      ['length', '(', dice.pick(['1', 'null', 'true', '1.5']), ')'],
      ['"a"', 'matches', dice.pick(['1', 'null', '"("'])],
      ['"a"', 'contains', '1'],
    ]),
    ')',
  ]
}

/** A method that is called with a receiver that another import made. */
function wrongReceiver(shop: Workshop): Words {
  const http = shop.shop.http ? shop.importNamed('http') : undefined
  const version = shop.importNamed('version') ?? 'x'
  const made = [version, '.', 'new', '(', '"1.2"', ')']
  if (http === undefined) return ['print', '(', ...made, '.', 'gt', '(', '7', ')', ')']
  return shop.dice.pick<Words>([
    [http, '.', 'client', '.', 'get', '(', '7', ')'],
    [http, '.', 'get', '(', ...made, ')'],
    [http, '.', 'client', '.', 'get', '(', ...made, ')'],
    [http, '.', 'get', '(', `"u${shop.dice.below(40)}"`, ')'],
    [http, '.', 'post', '(', `"u${shop.dice.below(40)}"`, ')'],
    [http, '.', 'send', '(', '"u"', ',', '"PUT"', ')'],
    ['print', '(', http, '.', 'accept_status_codes', '(', '[', '"a"', ']', ')', ')'],
  ])
}
