import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generatedDocs } from '../dev/docs.ts'
import { codes } from '../src/base/index.ts'
import { type Command, flagName } from '../src/cli/command.ts'
import { commandOf, frameworkParse } from '../src/cli/framework.ts'
import { fakeIo } from '../src/cli/io.fake.ts'
import { leanParse } from '../src/cli/lean.ts'
import { program } from '../src/cli/program.ts'
import { resolveValues } from '../src/cli/values.ts'
import type { FloorPlan } from './house.ts'
import { storyWords } from './stories/script.ts'
import { splitWords } from './stories/words.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const sections = await program.sections()
const commands = sections.flatMap((section) => section.commands)

it('docs/errors.md has one chapter for each error code, in order', () => {
  const chapters = [...read('docs/errors.md').matchAll(/^## (.+)$/gm)].map(([, code]) => code)
  expect(chapters).toEqual(Object.keys(codes))
  expect(chapters).toEqual([...chapters].sort())
})

it('docs/errors.md says something about each code', () => {
  const chapters = read('docs/errors.md').split(/^## /m).slice(1)
  expect(chapters.filter((chapter) => chapter.split('\n').slice(1).join('').trim().length < 60)).toEqual([])
})

it('ARCHITECTURE.md has every room of the floor plan with its doors, and no other', () => {
  const { rooms } = JSON.parse(read('house.json')) as FloorPlan
  const rows = [...read('ARCHITECTURE.md').matchAll(/^\| `src\/(\w+)\/` \|.*\| ([^|]*) \|$/gm)]
  const line = (room: string, doors: readonly string[]) => `${room}: ${[...doors].sort().join(' ')}`
  expect(
    rows.map(([, room = '', doors = '']) => line(room, doors === 'nothing' ? [] : doors.split(' '))),
  ).toEqual(Object.entries(rooms).map(([room, doors]) => line(room, doors)))
})

it('CONTRIBUTING.md names every word of the stories', () => {
  const chapter =
    read('CONTRIBUTING.md')
      .split(/^## Stories$/m)[1]
      ?.split(/^## /m)[0] ?? ''
  const named = [...chapter.matchAll(/^\| `(\w+)/gm)].map(([, word]) => word)
  expect([...new Set(named)].sort()).toEqual([...storyWords].sort())
})

it('generated pages are as `npm run docs` writes them', async () => {
  for (const [path, text] of await generatedDocs()) {
    expect(existsSync(join(root, path)) ? read(path) : `${path} is missing`, 'run `npm run docs`').toBe(text)
  }
})

it('links between pages lead somewhere', () => {
  const pages = [
    ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'],
    ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.md'))
      .map((path) => join('docs', path)),
  ]
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)]
      .filter(([, link = '']) => !existsSync(join(root, dirname(page), link)))
      .map(([, link]) => `${page} → ${link}`),
  )
  expect(broken).toEqual([])
})

it('README.md and CONTRIBUTING.md name only scripts that exist', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  for (const page of ['README.md', 'CONTRIBUTING.md']) {
    const named = [...read(page).matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name)
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
  }
})

describe('every command', () => {
  for (const command of commands) {
    describe(command.name, () => {
      it('has a summary and helps in the house style', () => {
        expect(command.summary).toMatch(/^[A-Z].*[^.]$/)
        for (const paragraph of command.description ?? []) expect(paragraph).toMatch(/\.$|:$/)
        const helps = Object.values(command.flags).map(({ help }) => help)
        for (const help of helps) expect(help).toMatch(/^(?:[a-z]|[A-Z]{2}|`).*[^.]$/)
      })

      it('has no two flags of one name', () => {
        const flags = Object.entries(command.flags)
        const names = flags.flatMap(([key, flag]) => [
          flagName(key),
          ...(flag.aliases ?? []),
          ...(flag.short ?? []),
        ])
        expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
        const positionals = Object.keys(command.positionals ?? {})
        expect(positionals.filter((name) => name in command.flags)).toEqual([])
        expect(flags.filter(([, { short }]) => short !== undefined && !/^[a-zA-Z]$/.test(short))).toEqual([])
      })

      for (const example of command.examples) {
        it(`understands its example: ${example}`, () => expectUnderstood(command, example))
      }
    })
  }

  it('has a name of its own', () => {
    const names = commands.map(({ name }) => name)
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })

  it('that is hot is also in the list, and found by its name', async () => {
    for (const [name, load] of program.hot) {
      expect((await load()).filter((hot) => !commands.includes(hot))).toEqual([])
      expect((await load()).map((hot) => hot.name)).toContain(name)
    }
  })
})

/** What people set once. */
const environment = {
  SENTINEL_REQUEST_TABLE: 'local',
  SENTINEL_BREAKGLASS_TABLE: 'local',
  SENTINEL_SESSION_TABLE: 'local',
}

/** An example is a shell line: what follows a pipe or a redirection is not ours. */
function expectUnderstood(command: Command, example: string): void {
  const line = example.replaceAll('\\\n', ' ').split(/ [|<>] /)[0] ?? ''
  const [sentinel, ...argv] = splitWords(line, new Map()).map(({ text }) => text)
  expect(sentinel).toBe('sentinel')
  expect(commandOf(argv, sections)?.name).toBe(command.name)
  const args = argv.slice(command.name.split(' ').length)
  for (const typed of [leanParse(command, args), frameworkParse(command, args, fakeIo())]) {
    expect(typed).toBeDefined()
    if (typed !== undefined) resolveValues(command, typed, environment)
  }
}
