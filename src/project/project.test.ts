import { describe, expect, it } from 'vitest'
import { draw } from '../source/index.ts'
import { fakeFiles } from './files.fake.ts'
import {
  type Finding,
  inputsOf,
  isBroken,
  openPolicy,
  openShelf,
  readConfiguration,
  readProject,
} from './index.ts'

type Texts = Readonly<Record<string, string>>

/** Findings as people see their first lines, with the hint. */
const shown = (findings: readonly Finding[]) =>
  findings.map(({ source, diagnostic }) => {
    const hint = diagnostic.hint === undefined ? '' : ` (${diagnostic.hint})`
    return `${draw(source, diagnostic)[0]}${hint}`
  })

function read(text: string, more: Texts = {}, name = 'sentinel.hcl') {
  const shelf = openShelf(fakeFiles({ [name]: text, ...more }))
  const { configuration, findings } = readConfiguration(shelf, name)
  return { configuration, wrong: shown(findings), shelf }
}

const folder = (texts: Texts, trust: 'named' | 'found' = 'found') => {
  const { configuration, findings } = readProject(openShelf(fakeFiles(texts)), '.', trust)
  return { configuration, wrong: shown(findings) }
}

/** What a policy makes of a configuration. */
function evaluate(policy: string, text: string, more: Texts = {}, name = 'sentinel.hcl') {
  const { configuration, wrong, shelf } = read(text, { 'p.sentinel': policy, ...more }, name)
  expect(wrong).toEqual([])
  const { status, error, print } = shelf
    .policy('p.sentinel')
    .evaluate(inputsOf(configuration, configuration.policies[0]))
  return error === undefined
    ? [status, ...print]
    : [status, `${error.file}:${error.line}:${error.column}: ${error.message}`]
}

describe('a configuration gives to a policy', () => {
  for (const [name, policy, text, more] of [
    [
      'globals',
      'main = g.a[0] is 1 and g["__proto__"] is "x"',
      'global "g" {\n  value = { a = [1], __proto__ = "x" }\n}',
      {},
    ],
    [
      'the zone of the import time, summer time too',
      'import "time"\nt = time.load("2026-07-01T12:00:00Z")\nmain = t.hour is 14 and t.zone is 7200 and time.load("2026-01-01T12:00:00Z").hour is 13',
      'import "plugin" "time" {\n  config = { timezone = "Europe/Berlin" }\n}',
      {},
    ],
    [
      'the zone in the form of before 0.19',
      'import "time"\nmain = time.now.zone_string is "Europe/Berlin"',
      'import "time" {\n  config = { timezone = "Europe/Berlin" }\n}',
      {},
    ],
    ['parameters', 'param x\nmain = x is "a"', 'param "x" {\n  value = "a"\n}', {}],
    [
      "a policy's own parameters, which come first",
      'param x\nparam y\nmain = x is 2 and y is 1',
      'param "x" {\nvalue = 1\n}\nparam "y" {\nvalue = 1\n}\npolicy "p" {\nsource = "p.sentinel"\nparams = { x = 2 }\n}',
      {},
    ],
    [
      'mocks as data',
      'import "time"\nmain = time.now.hour is 9',
      'mock "time" {\n  data = { now = { hour = 9 } }\n}',
      {},
    ],
    [
      'mocks as modules, from their own folder',
      'import "tfplan/v2" as p\nmain = p.f(1) is 2',
      'mock "tfplan/v2" {\n  module {\n    source = "./m/a.sentinel"\n  }\n}',
      { 'm/a.sentinel': 'f = func(x) { return x + 1 }' },
    ],
    [
      'modules',
      'import "a"\nmain = a.x',
      'import "module" "a" {\n  source = "a.sentinel"\n}',
      { 'a.sentinel': 'x = true' },
    ],
    [
      'modules as they were written before',
      'import "a"\nmain = a.x',
      'module "a" {\n  source = "a.sentinel"\n}',
      { 'a.sentinel': 'x = true' },
    ],
    [
      'static data, whose numbers stay what they are',
      'import "people"\nimport "types"\nmain = all people as p { types.type_of(p) is "int" } and people[1] is 9223372036854775807',
      'import "static" "people" {\n  source = "./people.json"\n  format = "json"\n}',
      { 'people.json': '[1, 9223372036854775807]' },
    ],
    [
      'a mock over a module of the same name',
      'import "a"\nmain = a is 1',
      'import "module" "a" {\nsource = "a.sentinel"\n}\nmock "a" {\ndata = 1\n}',
      { 'a.sentinel': '' },
    ],
  ] as const) {
    it(name, () => expect(evaluate(policy, text, more)).toEqual(['pass']))
  }

  it('the same in JSON of the same form', () => {
    const text = JSON.stringify({
      global: { g: { value: 1 } },
      param: { x: { value: 2 } },
      mock: { a: { data: [3] }, b: { module: { source: 'b.sentinel' } } },
      import: { module: { c: { source: 'c.sentinel' } }, static: { d: { source: 'd.json' } } },
      policy: { p: { source: 'p.sentinel', params: { x: 4 } } },
    })
    const policy =
      'import "a"\nimport "b"\nimport "c"\nimport "d"\nparam x\nmain = [g, x, a[0], b.v, c.v, d] is [1, 4, 3, 5, 6, 7]'
    const more = { 'b.sentinel': 'v = 5', 'c.sentinel': 'v = 6', 'd.json': '7' }
    expect(evaluate(policy, text, more, 'c.json')).toEqual(['pass'])
    expect(read(text, { ...more, 'p.sentinel': policy }, 'c.json').configuration.isLegacy).toBe(false)
  })

  it('the same in JSON as it was before', () => {
    const text = JSON.stringify({
      global: { g: { value: 1, more: 1 }, h: [2] },
      param: { x: 2 },
      mock: { a: [3], b: 'b.sentinel' },
      modules: { c: { path: 'c.sentinel' } },
      test: { main: false, n: [1] },
    })
    const policy =
      'import "a"\nimport "b"\nimport "c"\nparam x\nmain = [g.more, h, x, a[0], b.v, c.v] is [1, [2], 2, 3, 5, 6]'
    const more = { 'b.sentinel': 'v = 5', 'c.sentinel': 'v = 6' }
    expect(evaluate(policy, text, more, 'c.json')).toEqual(['pass'])
    const { configuration } = read(text, more, 'c.json')
    expect([configuration.isLegacy, configuration.rules]).toEqual([
      true,
      new Map<string, unknown>([
        ['main', false],
        ['n', [1]],
      ]),
    ])
  })
})

it('what a test case expects', () => {
  expect(read('test {\n  rules = {\n    main = false\n    n = [1]\n  }\n}').configuration.rules).toEqual(
    new Map<string, unknown>([
      ['main', false],
      ['n', [1]],
    ]),
  )
  expect(read('').configuration.rules).toBeUndefined()
  expect(read('test {}').configuration.rules).toEqual(new Map())
  expect(read('{"test": {"main": true}}', {}, 'c.json').configuration.rules).toEqual(
    new Map([['main', true]]),
  )
  expect(read('{"test": {"rules": {"main": true}}}', {}, 'c.json').configuration).toMatchObject({
    rules: new Map([['main', true]]),
    isLegacy: false,
  })
})

it('policies, in order, with their levels; the usual one is advisory', () => {
  const { configuration, wrong } = read(
    'policy "b" {\n  source = "./b.sentinel"\n  enforcement_level = "hard-mandatory"\n}\npolicy "a" {\n  source = "a.sentinel"\n}',
  )
  expect(wrong).toEqual([])
  expect(configuration.policies.map(({ name, level, file }) => [name, level, file])).toEqual([
    ['b', 'hard-mandatory', { path: 'b.sentinel' }],
    ['a', 'advisory', { path: 'a.sentinel' }],
  ])
})

describe('what is wrong is said at its place', () => {
  for (const [name, text, want] of [
    [
      'an unknown block',
      'polcy "a" {}',
      ['sentinel.hcl:1:1: error: unknown block `polcy` (did you mean `policy`?)'],
    ],
    [
      'an attribute where a block belongs',
      'global = 1',
      ['sentinel.hcl:1:1: error: `global` must be a block (write `global … { … }`)'],
    ],
    [
      'an unknown attribute',
      'policy "a" {\n  source = "a"\n  enforcement = "x"\n}',
      [
        'sentinel.hcl:3:3: error: unknown attribute `enforcement` of `policy` (known are source, enforcement_level, params)',
      ],
    ],
    [
      'an unknown level',
      'policy "a" {\n  source = "a"\n  enforcement_level = "soft"\n}',
      [
        'sentinel.hcl:3:23: error: unknown enforcement level `soft` (write one of advisory, soft-mandatory, hard-mandatory)',
      ],
    ],
    [
      'no label',
      'policy {\n}',
      [
        'sentinel.hcl:1:1: error: `policy` needs a label (write it like policy "name" { source = "./name.sentinel" })',
      ],
    ],
    [
      'a label too many',
      'test "a" {}',
      ['sentinel.hcl:1:6: error: `test` takes no label (write it like test { rules = { main = true } })'],
    ],
    [
      'no source',
      'policy "a" {}',
      [
        'sentinel.hcl:1:1: error: `policy` needs `source` (write it like policy "name" { source = "./name.sentinel" })',
      ],
    ],
    [
      'a source that is no text',
      'policy "a" {\n  source = 1\n}',
      ['sentinel.hcl:2:12: error: `source` must be a string'],
    ],
    [
      'a second policy of one name',
      'policy "a" {\n source = "a"\n}\npolicy "a" {\n source = "b"\n}',
      ['sentinel.hcl:4:8: error: policy `a` is given twice'],
    ],
    ['a second test', 'test {}\ntest {}', ['sentinel.hcl:2:1: error: `test` is given twice']],
    [
      'rules that are no object',
      'test {\n  rules = []\n}',
      ['sentinel.hcl:2:11: error: `rules` must be an object (write `rules = { … }`)'],
    ],
    [
      'rules as a block',
      'test {\n  rules {\n    main = true\n  }\n}',
      ['sentinel.hcl:2:3: error: unknown block `rules` in `test` (write `rules = { … }`)'],
    ],
    [
      'a mock of nothing',
      'mock "a" {}',
      [
        'sentinel.hcl:1:6: error: mock `a` has neither `data` nor `module` (write it like mock "name" { data = { … } } or mock "name" { module { source = "./name.sentinel" } })',
      ],
    ],
    [
      'a mock of both',
      'mock "a" {\n  data = 1\n  module {\n    source = "a"\n  }\n}',
      ['sentinel.hcl:1:6: error: mock `a` is either `data` or one `module`'],
    ],
    [
      'a mock whose file is missing',
      'mock "a" {\n  module {\n    source = "./no.sentinel"\n  }\n}',
      ['sentinel.hcl:3:14: error: cannot read `no.sentinel`: no such file or folder (ENOENT)'],
    ],
    [
      'a mock that does not parse',
      'mock "a" {\n  module {\n    source = "broken.sentinel"\n  }\n}',
      ['broken.sentinel:2:5: error: expected an expression, found `)`'],
    ],
    [
      'static data that is missing',
      'import "static" "a" {\n  source = "no.json"\n}',
      ['sentinel.hcl:2:12: error: cannot read `no.json`: no such file or folder (ENOENT)'],
    ],
    [
      'static data that is no JSON',
      'import "static" "a" {\n  source = "broken.json"\n}',
      ['broken.json:2:1: error: expected a value, found `}`'],
    ],
    [
      'static data of another format',
      'import "static" "a" {\n  source = "a.yaml"\n  format = "yaml"\n}',
      ['sentinel.hcl:3:12: error: unknown format `yaml` (only json is known)'],
    ],
    [
      'a plugin',
      'import "plugin" "a" {\n  source = "a"\n}',
      [
        'sentinel.hcl:1:8: error: plugins are not supported (write a `mock`, or an `import "module"` or `import "static"`)',
      ],
    ],
    [
      'a plugin as it was written before',
      'import "a" {\n  path = "a"\n}',
      [
        'sentinel.hcl:1:1: error: plugins are not supported (write a `mock`, or an `import "module"` or `import "static"`)',
      ],
    ],
    [
      'an unknown kind of import',
      'import "modul" "a" {\n  source = "a"\n}',
      ['sentinel.hcl:1:8: error: unknown kind of import `modul` (did you mean `module`?)'],
    ],
    [
      'a standard import',
      'import "static" "time" {\n  source = "a.json"\n}',
      ['sentinel.hcl:1:17: error: `time` is a standard import (choose another name, or write a `mock`)'],
    ],
    [
      'a zone that is none',
      'import "plugin" "time" {\n  config = { timezone = "Europe/Berlln" }\n}',
      [
        'sentinel.hcl:2:25: error: `timezone` must be the name of a time zone (did you mean `Europe/Berlin`?)',
      ],
    ],
    [
      'no zone',
      'import "plugin" "time" {\n  config = { zone = "UTC" }\n}',
      ['sentinel.hcl:2:14: error: unknown attribute `zone` of the import `time` (known are timezone)'],
    ],
    [
      'a zone with a file beside it',
      'import "plugin" "time" {\n  source = "a"\n  config = { timezone = "UTC" }\n}',
      ['sentinel.hcl:2:3: error: the import `time` takes no `source`'],
    ],
    [
      'both forms of imports',
      'import "static" "a" {\n  source = "ok.json"\n}\nmodule "b" {\n  source = "ok.sentinel"\n}',
      [
        'sentinel.hcl:4:1: error: the older and the newer form of imports cannot be mixed (write `import "module" "name" { source = … }` everywhere)',
      ],
    ],
    [
      'an unknown feature',
      'sentinel {\n  features = { apply_all = true }\n}',
      ['sentinel.hcl:2:16: error: unknown feature `apply_all` (did you mean `apply-all`?)'],
    ],
    [
      'a feature that is no switch',
      'sentinel {\n  features = { apply-all = "yes" }\n}',
      ['sentinel.hcl:2:28: error: `apply-all` must be true or false'],
    ],
    [
      "plans of Terraform's",
      'sentinel {\n  features = { terraform = true }\n}',
      [
        'sentinel.hcl:2:16: error: plans of Terraform cannot be read yet (mock the imports: `mock "tfplan/v2" { … }`)',
      ],
    ],
    [
      'HCL that cannot be read',
      'policy "a" {\n  source = a.sentinel\n}',
      [
        'sentinel.hcl:2:12: error: `a` has no meaning here: there are no variables and no functions (write "a" for the text; write a string in double quotes, a number, true, false, null, a list or an object)',
        'sentinel.hcl:1:1: error: `policy` needs `source` (write it like policy "name" { source = "./name.sentinel" })',
      ],
    ],
  ] as const) {
    it(name, () => {
      const more = {
        'broken.sentinel': 'a = 1\nb = )\n',
        'broken.json': '[1,\n}',
        'ok.json': '1',
        'ok.sentinel': '',
      }
      expect(read(text, more).wrong).toEqual(want)
    })
  }

  for (const [text, want] of [
    ['[]', 'c.json:1:1: error: a configuration must be an object (begin it with `{`)'],
    ['{"mock": 1}', 'c.json:1:10: error: `mock` must be an object'],
    [
      '{"mock": {"a": "no.sentinel"}}',
      'c.json:1:16: error: cannot read `no.sentinel`: no such file or folder (ENOENT)',
    ],
    [
      '{"modules": {"a": {"path": "git::x"}}}',
      'c.json:1:28: error: remote sources are not supported (download the file and name it by its path)',
    ],
    [
      '{"imports": {"a": {"path": "a"}}}',
      'c.json:1:14: error: plugins are not supported (write a `mock`, or an `import "module"` or `import "static"`)',
    ],
    ['{"mocks": {}}', 'c.json:1:2: error: unknown block `mocks` (did you mean `mock`?)'],
    ['{"policy": {"a": {"source": 1}}}', 'c.json:1:29: error: `source` must be a string'],
    ['{', 'c.json:1:2: error: expected a name in double quotes, found the end of the file'],
  ] as const) {
    it(`in JSON: ${text}`, () => expect(read(text, {}, 'c.json').wrong).toEqual([want]))
  }

  for (const source of [
    'git::https://example.com/p.git//a.sentinel?ref=v1',
    'https://example.com/a.sentinel',
    's3::https://s3.amazonaws.com/bucket/a',
    'git@github.com:a/b.git',
    'github.com/a/b',
    'file:///a.sentinel',
  ]) {
    it(`remote sources are refused: ${source}`, () => {
      const { configuration, wrong, shelf } = read(
        `import "module" "a" {\n  source = "${source}"\n}\npolicy "p" {\n  source = "${source}"\n}`,
      )
      const refused = 'error: remote sources are not supported (download the file and name it by its path)'
      expect(wrong).toEqual([`sentinel.hcl:2:12: ${refused}`])
      const [policy] = configuration.policies
      expect(policy && shown(openPolicy(shelf, policy).findings)).toEqual([`sentinel.hcl:5:12: ${refused}`])
    })
  }

  it('the file itself', () => {
    expect(() => readConfiguration(openShelf(fakeFiles({})), 'no.hcl')).toThrow('cannot read `no.hcl`')
  })

  it('a name that is given twice in an object is no error', () => {
    const { findings } = readConfiguration(
      openShelf(fakeFiles({ c: 'global "a" {\n  value = { b = 1, b = 2 }\n}' })),
      'c',
    )
    expect([isBroken(findings), shown(findings)]).toEqual([
      false,
      ['c:2:20: warning: `b` is given twice: this one counts'],
    ])
  })
})

describe("a policy's own file", () => {
  const open = (source: string, more: Texts = {}) => {
    const { configuration, shelf } = read(`policy "p" {\n  source = "${source}"\n}`, more)
    const [block] = configuration.policies
    const { policy, findings } =
      block === undefined ? { policy: undefined, findings: [] } : openPolicy(shelf, block)
    return [policy?.source.name, ...shown(findings)]
  }
  for (const [name, source, want] of [
    ['is opened', './a.sentinel', ['a.sentinel']],
    [
      'is missing',
      'no.sentinel',
      [undefined, 'sentinel.hcl:2:12: error: cannot read `no.sentinel`: no such file or folder (ENOENT)'],
    ],
    [
      'does not parse',
      'b.sentinel',
      [undefined, 'b.sentinel:1:8: error: expected an expression, found the end of the file'],
    ],
  ] as const) {
    it(name, () =>
      expect(open(source, { 'a.sentinel': 'main = true', 'b.sentinel': 'main = ' })).toEqual(want),
    )
  }
})

describe('a folder', () => {
  const main =
    'policy "a" {\n  source = "./a.sentinel"\n  params = { x = 1, y = 2 }\n}\nmock "m" {\n  data = 1\n}'

  it('has one configuration in all its files but hidden ones and JSON', () => {
    const { configuration, wrong } = folder({
      'b.hcl': 'policy "b" {\n  source = "b.sentinel"\n}',
      'a.hcl': main,
      '.terraform.lock.hcl': 'provider "x" {}',
      'sentinel.json': '{"nonsense": 1}',
      'c/c.hcl': 'nonsense {}',
      'a.sentinel': '',
    })
    expect([configuration.policies.map(({ name }) => name), wrong]).toEqual([['a', 'b'], []])
  })

  it('without a configuration has an empty one', () => {
    expect(folder({ 'a.sentinel': '', 'override.json': '{"policy": {}}' }).wrong).toEqual([])
  })

  it('names twice what two files give', () => {
    expect(folder({ 'a.hcl': main, 'b.hcl': main }).wrong).toEqual([
      'b.hcl:1:8: error: policy `a` is given twice',
      'b.hcl:5:6: error: mock `m` is given twice',
    ])
  })

  it('overrides in the order of the names, whole values at a time', () => {
    const { configuration, wrong } = folder({
      'sentinel.hcl': main,
      'a_override.hcl':
        'policy "a" {\n  enforcement_level = "advisory"\n  params = { x = 5 }\n}\ntest {\n  rules = { main = true }\n}',
      'override.json': '{"policy": {"a": {"enforcement_level": "soft-mandatory"}}}',
      'b_override.hcl': 'policy "a" {\n  enforcement_level = "hard-mandatory"\n}\nmock "m" {\n  data = 2\n}',
    })
    expect(wrong).toEqual([])
    expect(configuration.policies).toMatchObject([
      { level: 'soft-mandatory', params: new Map([['x', 5]]), file: { path: 'a.sentinel' } },
    ])
    expect([configuration.imports.get('m'), configuration.rules]).toEqual([
      { data: 2 },
      new Map([['main', true]]),
    ])
  })

  it('overrides nested blocks as a whole, from the place of the override', () => {
    const files = {
      'a.hcl': 'mock "m" {\n  module {\n    source = "no.sentinel"\n  }\n}',
      'm.sentinel': 'x = 1',
    }
    const change = 'mock "m" {\n  module {\n    source = "m.sentinel"\n  }\n}'
    expect(folder({ ...files, 'override.hcl': change }).wrong).toEqual([])
  })

  it('overrides nothing that is not there', () => {
    expect(
      folder({ 'a.hcl': main, 'override.hcl': 'policy "b" {\n  source = "b"\n}\nmock "m" {\n  dta = 1\n}' })
        .wrong,
    ).toEqual([
      'override.hcl:1:1: error: there is no `policy "b"` to override (an override file changes blocks of the other files; write new ones there)',
      'override.hcl:5:3: error: unknown attribute `dta` of `mock` (did you mean `data`?)',
    ])
  })

  it('may enable http only if somebody named it', () => {
    const files = { 'sentinel.hcl': 'sentinel {\n  features = { http = true }\n}' }
    expect(folder(files, 'named').configuration.http).toBe(true)
    expect(folder(files)).toMatchObject({
      configuration: { http: false },
      wrong: [
        'sentinel.hcl:2:16: error: a configuration that was not named may not enable `http` (read it, then name it: -config=FILE)',
      ],
    })
    expect(read(files['sentinel.hcl']).configuration.http).toBe(true)
    expect(
      folder({ 'a.hcl': 'sentinel {\n  features = { http = false, apply-all = true, terraform = false }\n}' })
        .wrong,
    ).toEqual([])
  })
})

it('a file that many configurations name is read once', () => {
  const files = fakeFiles({
    'a.hcl': 'mock "m" {\n  module {\n    source = "m.sentinel"\n  }\n}',
    'm.sentinel': 'x = 1',
  })
  const reads: string[] = []
  const readText = (path: string) => {
    reads.push(path)
    return files.readText(path)
  }
  const shelf = openShelf({ ...files, readText })
  readConfiguration(shelf, 'a.hcl')
  readConfiguration(shelf, 'a.hcl')
  expect(reads).toEqual(['a.hcl', 'm.sentinel', 'a.hcl'])
})

describe('what is large', () => {
  const names = 'a\n'.repeat(240_000)
  const mock = (name: string) => `mock "${name}" {\n  module {\n    source = "${name}.sentinel"\n  }\n}\n`

  it('a policy and its modules may only have so many words together', () => {
    const texts = { 'a.sentinel': names, 'b.sentinel': names }
    const { wrong, shelf } = read(mock('a') + mock('b'), texts)
    expect(wrong).toEqual([
      'b.sentinel:207509:2: error: the source is too large: more than 415017 words, marks and comments (a policy and all its modules may have 900000 together)',
    ])
    // By itself it may be used.
    expect(shelf.policy('b.sentinel').diagnostics).toEqual([])
    expect(read(mock('a'), texts).wrong).toEqual([])
  })

  it('a module that two names stand for counts once', () => {
    const again = 'import "module" "c" {\n  source = "a.sentinel"\n}\n'
    expect(read(mock('a') + again, { 'a.sentinel': names }).wrong).toEqual([])
  })

  it('a configuration may only have so many names and values', () => {
    const list = (count: number) => `global "x" {\n  value = [${'0,'.repeat(count)}]\n}\n`
    expect(read(list(100_000)).wrong).toEqual([])
    expect(read(list(500_000)).wrong[0]).toMatch(
      /^sentinel.hcl:2:\d+: error: the file is too large: more than 400000 names and values$/,
    )
  })

  it('no more than a hundred errors are told of one file', () =>
    expect(read('x y z\n'.repeat(5000)).wrong).toHaveLength(100))
})
