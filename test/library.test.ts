// The library `sentinel-gateway/lang` as its users get it: packed, installed in an empty folder, imported and
// required, and type-checked against.

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rollUp } from '../dev/declarations.ts'

const root = join(import.meta.dirname, '..')
const library = join(root, 'dist', 'lang')
const folder = mkdtempSync(join(tmpdir(), 'sentinel-library-'))
const user = join(folder, 'user')
afterAll(() => rmSync(folder, { recursive: true }))

const env = {
  PATH: process.env.PATH,
  HOME: folder,
  npm_config_cache: join(folder, 'cache'),
  npm_config_userconfig: join(folder, 'npmrc'),
  npm_config_update_notifier: 'false',
}
const run = (program: string, args: readonly string[], cwd: string) =>
  execFileSync(program, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

it('the face is the one in test/data/lang.d.cts', () => {
  const snapshot = join(root, 'test', 'data', 'lang.d.cts')
  const built = readFileSync(join(library, 'index.d.cts'), 'utf8')
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(snapshot, built)
  expect(built, 'a change for every user: review it, then `npm run test:update`').toBe(
    readFileSync(snapshot, 'utf8'),
  )
})

it('the library needs nothing, and carries the licences of what is in it', () => {
  const text = readFileSync(join(library, 'index.cjs'), 'utf8')
  expect(/\brequire\(|\bprocess\.(?:env|argv)\b/.test(text)).toBe(false)
  expect(builtinModules.filter((name) => text.includes(`"node:${name}"`))).toEqual([])
  expect(readFileSync(join(library, 'THIRD_PARTY_LICENSES.txt'), 'utf8')).toContain('\nre2js ')
})

const policy = 'main = rule { user in ["alice"] }'
const script = `
const { status } = evaluate(${JSON.stringify(policy)}, { globals: { user: 'alice' } })
const { error } = evaluate('main = ')
console.log(status, error.file, error.line, error.column, compile('main = false').evaluate().status)
`
const answer = 'pass policy.sentinel 1 8 fail\n'

const typed = `
const policy: Policy = compile({ name: 'p.sentinel', text: ${JSON.stringify(policy)} })
const inputs: EvaluationInputs = { globals: new Map([['user', 'alice']]), now: 0, limits: { steps: 1000 } }
const result: Result = policy.evaluate(inputs)
const where: string | undefined = result.error && \`\${result.error.file}:\${result.error.line}\`
const formatted = format('a  = 1')
const text: string = formatted.kind === 'formatted' ? formatted.text : ''
const statements: readonly Statement[] = parse('a = 1').program.statements
for (const one of lint('a = 1')) for (const line of draw(policy.source, one)) text.concat(line, where ?? '')
for (const one of statements) if (one.kind === 'assignment') text.concat(one.operator)
const ask: HttpQuestion | undefined = result.need?.ask as HttpQuestion | undefined
// @ts-expect-error a policy is made by \`compile\`
const made: unknown = typeof Policy
void [ask, made]
`

describe('from the tarball in an empty folder', () => {
  beforeAll(() => {
    run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], root)
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'none'
    mkdirSync(user)
    writeFileSync(join(user, 'package.json'), '{ "private": true }\n')
    run('npm', ['install', '--offline', '--silent', '--no-audit', '--no-fund', join(folder, tarball)], user)
  })

  it('it brings no other package', () => {
    const names = readdirSync(join(user, 'node_modules')).filter((name) => !name.startsWith('.'))
    expect(names).toEqual(['sentinel-gateway'])
  })

  for (const [name, file, head] of [
    ['imported', 'user.mjs', `import { compile, evaluate } from 'sentinel-gateway/lang'`],
    ['required', 'user.cjs', `const { compile, evaluate } = require('sentinel-gateway/lang')`],
  ] as const) {
    it(`it can be ${name}`, () => {
      writeFileSync(join(user, file), head + script)
      expect(run(process.execPath, [file], user)).toBe(answer)
    })
  }

  const page = readFileSync(join(root, 'docs', 'guide', 'library.md'), 'utf8')
  const examples = [...page.matchAll(/^```js\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```$/gm)]
  it('the guide has examples, each with what it prints', () => {
    expect(examples.length).toBeGreaterThan(4)
    expect(page.match(/^```js$/gm)).toHaveLength(examples.length)
  })
  for (const [at, [, code = '', output = '']] of examples.entries()) {
    it(`example ${at + 1} of the guide prints what it says`, () => {
      writeFileSync(join(user, `example-${at}.mjs`), code)
      expect(run(process.execPath, [`example-${at}.mjs`], user).trimEnd()).toBe(output.trimEnd())
    })
  }

  it('it is one library, however it is loaded', () => {
    const head = `import * as imported from 'sentinel-gateway/lang'\nimport { createRequire } from 'node:module'\n`
    const rest = `console.log(imported.compile === createRequire(import.meta.url)('sentinel-gateway/lang').compile)`
    writeFileSync(join(user, 'both.mjs'), head + rest)
    expect(run(process.execPath, ['both.mjs'], user)).toBe('true\n')
  })

  it('its types hold, in modules of both kinds', () => {
    const names = 'compile, draw, format, lint, parse'
    const types = 'EvaluationInputs, HttpQuestion, Policy, Result, Statement'
    const head = `import { ${names} } from 'sentinel-gateway/lang'\nimport type { ${types} } from 'sentinel-gateway/lang'\n`
    for (const file of ['typed.mts', 'typed.cts']) writeFileSync(join(user, file), head + typed)
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--types', '']
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    expect(run(process.execPath, [tsc, ...options, 'typed.mts', 'typed.cts'], user)).toBe('')
  })
})

describe('declarations in one file', () => {
  const roll = (files: Readonly<Record<string, string>>) => rollUp((path) => files[path] ?? '', 'a/index.ts')

  it('are those that the face reaches, its own first, with their documentation', () => {
    const files = {
      'a/index.ts': `export { make } from './b.ts';\nexport type { Made } from './b.ts';\n`,
      'a/b.ts': `import type { Part } from './c.ts';\n/** It makes. */\nexport declare function make(part: Part): Made;\nexport declare class Made {\n    readonly unused: 'Unused';\n}\ntype Unused = 1;\nexport {};\n`,
      'a/c.ts':
        'export type Part = {\n    readonly x: typeof limit;\n};\ndeclare const limit = 1;\nexport {};\n',
    }
    expect(roll(files)).toBe(
      [
        '/** It makes. */\nexport declare function make(part: Part): Made;',
        `declare class Made {\n    readonly unused: 'Unused';\n}`,
        'type Part = {\n    readonly x: typeof limit;\n};',
        'declare const limit = 1;',
        'export type { Made }\n',
      ].join('\n\n'),
    )
  })

  it('are refused where two have one name, or one is missing', () => {
    const two = { 'a/b.ts': 'export type X = Y;\ntype Y = 1;\n', 'a/c.ts': 'type Y = 2;\n' }
    const index = `export type { X } from './b.ts';\nexport type { Z } from './c.ts';\n`
    expect(() => roll({ ...two, 'a/index.ts': index })).toThrow('two declarations are called Y')
    expect(() => roll({ 'a/index.ts': index })).toThrow('the face has no declaration of X, Z')
  })
})
