// What the pages show is tried: every command line in them is read by the real parser, every policy by the real
// loader, every code is one.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codes } from '../src/base/index.ts'
import type { Command } from '../src/cli/command.ts'
import { commandOf, frameworkParse } from '../src/cli/framework.ts'
import { fakeIo } from '../src/cli/io.fake.ts'
import { program } from '../src/cli/program.ts'
import { resolveValues } from '../src/cli/values.ts'
import { readHcl } from '../src/hcl/index.ts'
import { starterPolicy } from '../src/iam/index.ts'
import { compile } from '../src/lang/index.ts'
import { checkDocument, documentKinds } from '../src/policy/index.ts'
import { readServerConfiguration } from '../src/server/index.ts'
import { runGuide } from './guide.ts'
import { splitWords } from './stories/words.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md') && !path.startsWith('decisions'))
    .map((path) => join('docs', path)),
]
const sections = await program.sections()

type Block = { readonly page: string; readonly language: string; readonly text: string }

const blocks: readonly Block[] = pages.flatMap((page) =>
  [...read(page).matchAll(/^( *)```(\w+)\n([\s\S]*?)^ *```$/gm)].map(
    ([, indent = '', language = '', text = '']) => ({
      page,
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  ),
)

/** Every command line of ours in a block, also behind variables and in `credential_process`; what it reads is the shell's. */
function commandLines({ text }: Block): readonly string[] {
  const lines = text.replaceAll('\\\n', ' ').split('\n')
  return lines.flatMap(
    (line) => /^(?:credential_process = |(?:[A-Z_]+=\S+ )*)(sentinel .*?)(?: < \S+)?$/.exec(line)?.[1] ?? [],
  )
}

const shown = blocks
  .filter(({ language }) => language === 'sh' || language === 'ini')
  .flatMap((block) => commandLines(block).map((line) => ({ page: block.page, line })))

describe('a command line in the pages is one that Sentinel understands', () => {
  it('there are some', () => expect(new Set(shown.map(({ page }) => page)).size).toBeGreaterThan(4))
  for (const { page, line } of shown) it(`${page}: ${line}`, () => expectUnderstood(line))
})

function expectUnderstood(line: string): void {
  const [, ...argv] = splitWords(line, new Map()).map(({ text }) => text)
  const command = commandOf(argv, sections)
  expect(command).toBeDefined()
  if (command === undefined) return
  expect(() => valuesOf(command, argv)).not.toThrow()
}

/** What people set once. */
const environment = {
  SENTINEL_REQUEST_TABLE: 'local',
  SENTINEL_BREAKGLASS_TABLE: 'local',
  SENTINEL_SESSION_TABLE: 'local',
}

function valuesOf(command: Command, argv: readonly string[]) {
  const typed = frameworkParse(command, argv.slice(command.name.split(' ').length), fakeIo())
  if (typed === undefined) throw new Error('it asks for help')
  return resolveValues(command, typed, environment)
}

describe('a policy in the pages is valid', () => {
  const policies = blocks.filter(({ language }) => language === 'yaml')
  it('there are some', () => expect(policies.length).toBeGreaterThan(2))
  for (const { page, text } of policies) {
    it(`${page}: ${/name: \S+/.exec(text)?.[0]}`, async () => {
      const at = { nowMs: Date.parse('2026-02-03T10:00:00Z'), tzVersion: 'any' }
      const { found } = await checkDocument({ name: page, text }, at, undefined)
      expect(found.filter(({ severity }) => severity === 'error')).toEqual([])
    })
  }

  it('and the reference shows each kind', async () => {
    const at = { nowMs: 0, tzVersion: 'any' }
    const shown = policies.filter(({ page }) => page.endsWith('policy-reference.md'))
    const checked = shown.map(({ page, text }) => checkDocument({ name: page, text }, at, undefined))
    const kinds = (await Promise.all(checked)).map(({ kind }) => kind)
    expect(new Set(kinds)).toEqual(new Set(documentKinds))
  })

  it('and the first one of the guide is the one that `init bootstrap` puts', () => {
    const [first] = blocks.filter(
      ({ page, language }) => page.endsWith('getting-started.md') && language === 'yaml',
    )
    expect(`${starterPolicy('dev', 'alice')}`).toContain(first?.text)
  })
})

it('the configuration of a server in its page is one, and holds what is said of it', async () => {
  const { text } = blocks.find(({ page, language }) => page.endsWith('server.md') && language === 'hcl') ?? {
    text: '',
  }
  const configuration = await readServerConfiguration({ name: 'server.md', text }, (path) => path)
  expect(configuration).toMatchObject({
    storage: { kind: 'lmdb', path: '/var/lib/sentinel' },
    auditFolders: ['/var/log/sentinel'],
    auditRequired: true,
  })
})

it('the guide of approvals does what it says, line by line', async () => {
  const own = blocks.filter(({ page }) => page === join('docs', 'guide/approval-workflows.md'))
  const [access = '', approval = ''] = own.flatMap(({ language, text }) =>
    language === 'yaml' ? [text] : [],
  )
  const lines = own.flatMap(({ language, text }) => (language === 'sh' ? text.trimEnd().split('\n') : []))
  const steps = await runGuide(
    lines,
    new Map([
      ['policy.yaml', access],
      ['approval.yaml', approval],
    ]),
  )
  expect(steps.length).toBeGreaterThan(12)
  expect(steps.filter(({ status, stderr }) => status !== 0 || stderr !== '')).toEqual([])
})

describe('the front page does what it says', () => {
  const access = 'version: "1"\nrules:\n  - {name: ask-first, effect: require_approval, conditions: {}}\n'
  for (const [heading, kind, rule] of [
    ['Access that a second person agrees to', 'approval', 'approvers: [carol]'],
    ['An emergency with nobody to ask', 'breakglass', 'users: [alice]'],
  ] as const) {
    it(heading, async () => {
      const [, shown = ''] = read('README.md').split(`## ${heading}\n\n\`\`\`sh\n`)
      const [named, ...lines] = shown.slice(0, shown.indexOf('```')).trimEnd().split('\n')
      const what = kind === 'approval' ? 'request' : 'breakglass'
      const name = `sentinel-${kind === 'approval' ? 'requests' : 'breakglass'}`
      expect(named).toBe(`export SENTINEL_${what.toUpperCase()}_TABLE=${name}`)
      const put = (name: string, file: string) =>
        `aws ssm put-parameter --name ${name} --value file://${file}`
      // The table of this machine instead of that one.
      const table = `export SENTINEL_${what.toUpperCase()}_TABLE=local`
      const before = [
        put('/sentinel/policies/prod', 'access.yaml'),
        put(`/sentinel/${kind}/prod`, 'own.yaml'),
        table,
      ]
      const own = `version: "1"\nrules:\n  - {name: own, profiles: [prod], ${rule}}\n`
      const files = new Map([
        ['access.yaml', access],
        ['own.yaml', own],
      ])
      const steps = await runGuide([...before, ...lines], files)
      expect(steps.map(({ line }) => line)).toEqual(lines)
      expect(steps.filter(({ status, stderr }) => status !== 0 || stderr !== '')).toEqual([])
    })
  }
})

it('troubleshooting names only codes that there are', () => {
  const named = [...read('docs/guide/troubleshooting.md').matchAll(/\[([A-Z_]{4,})\]/g)].map(
    ([, code]) => code,
  )
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((code) => !Object.hasOwn(codes, code ?? ''))).toEqual([])
})

describe('a policy or configuration in the pages is one', () => {
  it('there are some', () => expect(blocks.filter(isOfTheLanguage).length).toBeGreaterThan(2))
  for (const { page, language, text } of blocks.filter(isOfTheLanguage)) {
    it(`${page}: ${text.split('\n')[0]}`, () => {
      const source = { name: page, text }
      const { diagnostics } = language === 'hcl' ? readHcl(source) : compile(source)
      expect(diagnostics).toEqual([])
    })
  }
})

function isOfTheLanguage({ language }: Block): boolean {
  return language === 'hcl' || language === 'sentinel'
}
