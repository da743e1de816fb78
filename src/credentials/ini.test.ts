import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draw } from '../source/index.ts'
import { type Ini, readIni } from './ini.ts'

const read = (text: string) => readIni({ name: 'config', text })

/** Sections as nested plain entries, easy to compare. */
function plain(ini: Ini) {
  return [...ini.sections].map(([header, section]) => [
    header,
    [...section.properties].map(([name, { value, nested }]) => [
      name,
      nested.size > 0 ? Object.fromEntries(nested) : value,
    ]),
  ])
}

const found = (text: string) => {
  const ini = read(text)
  return ini.diagnostics.map((diagnostic) => draw(ini.source, diagnostic)[0])
}

describe('reading', () => {
  for (const [name, text, want] of [
    [
      'a section with values',
      '[a]\nk = v\nl=w\n',
      [
        [
          'a',
          [
            ['k', 'v'],
            ['l', 'w'],
          ],
        ],
      ],
    ],
    [
      'keys are case-insensitive, headers and values are not',
      '[A]\nRole_ARN = X',
      [['A', [['role_arn', 'X']]]],
    ],
    ['a byte order mark and CRLF', '\uFEFF[a]\r\nk = v\r\n\r\n', [['a', [['k', 'v']]]]],
    ['comment lines', '# x\n; y\n[a] # z\n  # indented\nk = v', [['a', [['k', 'v']]]]],
    ['a hash inside a value stays', '[a]\nurl = https://x/#/start', [['a', [['url', 'https://x/#/start']]]]],
    [
      'a hash after whitespace begins a comment',
      '[a]\nk = v # c\nl = w\t; d',
      [
        [
          'a',
          [
            ['k', 'v'],
            ['l', 'w'],
          ],
        ],
      ],
    ],
    ['only the first equals sign divides', '[a]\nk = v = w', [['a', [['k', 'v = w']]]]],
    [
      'an empty value',
      '[a]\nk =\nl = w',
      [
        [
          'a',
          [
            ['k', ''],
            ['l', 'w'],
          ],
        ],
      ],
    ],
    [
      'values may be indented under their header',
      '[a]\n  k = v\n  l = w',
      [
        [
          'a',
          [
            ['k', 'v'],
            ['l', 'w'],
          ],
        ],
      ],
    ],
    ['a continuation line', '[a]\nk = v\n  w\n\n  x', [['a', [['k', 'v\nw\n\nx']]]]],
    [
      'nested values',
      '[a]\ns3 =\n  X = 1\n  y = 2\nk = v',
      [
        [
          'a',
          [
            ['s3', { x: '1', y: '2' }],
            ['k', 'v'],
          ],
        ],
      ],
    ],
    ['a header with brackets and spaces', '[ profile "a ] b" ]', [['profile "a ] b"', []]]],
    ['a section called __proto__', '[__proto__]\n__proto__ = v', [['__proto__', [['__proto__', 'v']]]]],
    ['nothing', '', []],
  ] as const) {
    it(name, () => {
      const ini = read(text)
      expect(ini.diagnostics).toEqual([])
      expect(plain(ini)).toEqual(want)
    })
  }

  it('duplicates are merged, the last value counts, and both are said', () => {
    const text = '[a]\nk = 1\nk = 2\n[b]\n[a]\nk = 3'
    expect(plain(read(text))).toEqual([
      ['a', [['k', '3']]],
      ['b', []],
    ])
    expect(found(text)).toEqual([
      'config:3:5: warning: `k` is set twice here; the last value counts',
      'config:5:1: warning: section `[a]` is there twice; both are merged',
      'config:6:5: warning: `k` is set twice here; the last value counts',
    ])
  })

  it('all errors are found at once, with their places', () => {
    expect(found('k = v\n[a\n[b]\nrole_arn\n= x\nn =\n  oops\n[]')).toEqual([
      'config:1:1: error: a value stands before the first `[section]`',
      'config:2:1: error: a section header needs a name and a closing `]`',
      'config:4:1: error: expected `key = value`, a `[section]` or a comment',
      'config:5:1: error: expected `key = value`, a `[section]` or a comment',
      'config:7:3: error: expected `key = value` in the indented block',
      'config:8:1: error: a section header needs a name and a closing `]`',
    ])
  })

  it('a value knows its place', () => {
    const ini = read('[a]\n  k =  some value  # c\n')
    const span = ini.sections.get('a')?.properties.get('k')?.span
    expect(ini.source.text.slice(span?.start, span?.end)).toBe('some value')
  })

  it('no text makes it throw or lose a span', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('[', ']', 'a', ' ', '=', '#', '\n', '\r', '\t', '\uFEFF')),
        (parts) => {
          const ini = read(parts.join(''))
          for (const { span } of ini.diagnostics) {
            expect(span.start).toBeLessThanOrEqual(span.end)
            expect(span.end).toBeLessThanOrEqual(ini.source.text.length)
          }
        },
      ),
    )
  })
})

const botocore =
  spawnSync('python3', ['-c', 'import botocore.configloader'], { env: { PATH: process.env.PATH } }).status ===
  0

describe('botocore reads the same', () => {
  it.skipIf(!botocore)('generated files [needs python3 with botocore]', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sentinel-ini-'))
    try {
      const texts = fc.sample(iniText, { numRuns: 150, seed: 7 })
      for (const [index, text] of texts.entries()) writeFileSync(join(folder, `${index}`), text)
      const theirs = askBotocore(folder, texts.length)
      for (const [index, text] of texts.entries()) {
        const ini = read(text)
        const failed = ini.diagnostics.length > 0
        expect({ text, read: failed ? null : byName(ini) }).toEqual({ text, read: theirs[index] })
      }
      expect(theirs.filter((one) => one !== null).length).toBeGreaterThan(50)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

// Left out on purpose: comments behind values and `:` as a delimiter, where the SDKs and botocore differ.
const word = fc.stringMatching(/^[a-z_]{1,6}$/)
const value = fc.stringMatching(/^([a-zA-Z0-9/+,.@-][a-zA-Z0-9/+=,.@#-]{0,11})?$/)
const header = fc.oneof(
  word,
  word.map((name) => `profile ${name}`),
  word.map((name) => `profile "${name} x"`),
)
const assignment = fc
  .tuple(fc.constantFrom('', '', ' '), word, fc.constantFrom('=', ' = ', ' ='), value)
  .map(([indent, key, equals, text]) => `${indent}${key}${equals}${text}`)
const line = fc.oneof(
  { weight: 30, arbitrary: assignment },
  { weight: 10, arbitrary: fc.tuple(word, value).map(([key, text]) => `    ${key} = ${text}`) },
  { weight: 5, arbitrary: fc.constantFrom('', '   ', '# comment', '; comment', '   # comment') },
  { weight: 1, arbitrary: word },
)
const section = fc
  .tuple(header, fc.array(line, { maxLength: 6 }))
  .map(([name, lines]) => [`[${name}]`, ...lines])
const iniText = fc
  .tuple(fc.array(section, { maxLength: 4 }), fc.constantFrom('\n', '\r\n'))
  .map(([sections, newline]) => sections.flat().join(newline))

/** Section → key → value or nested values, names of nested keys in lower case. */
function byName(ini: Ini) {
  return Object.fromEntries(plain(ini).map(([header, pairs]) => [header, Object.fromEntries(pairs as never)]))
}

function askBotocore(folder: string, count: number): readonly unknown[] {
  const script = `
import json, sys
from botocore.configloader import raw_config_parse
def read(path):
    try: return raw_config_parse(path)
    except Exception: return None
print(json.dumps([read(sys.argv[1] + '/' + str(i)) for i in range(${count})]))`
  const run = spawnSync('python3', ['-c', script, folder], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder },
  })
  if (run.status !== 0) throw new Error(run.stderr)
  return JSON.parse(run.stdout) as unknown[]
}
