// Rolls the declarations of a room's face up into one file: what `tsc` emits for its index.ts, without what the
// face does not reach. No tool that does this runs on the compiler that we use, and the compiler's own output is
// regular: every declaration begins at the left margin, its documentation right above it.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'

const root = join(import.meta.dirname, '..')

type Declaration = { readonly name: string; readonly text: string }

/** The declarations that the face at a path under src/ exports, and what they need, as the text of one file. */
export function rolledUp(face: string): string {
  const out = mkdtempSync(join(tmpdir(), 'sentinel-declarations-'))
  try {
    emit(face, out)
    return rollUp((path) => readFileSync(join(out, path.replace(/\.ts$/, '.d.ts')), 'utf8'), face)
  } finally {
    rmSync(out, { recursive: true })
  }
}

function emit(face: string, out: string): void {
  const config = join(out, 'tsconfig.json')
  const options = {
    ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, noCheck: true, stripInternal: true },
    ...{ rootDir: join(root, 'src'), outDir: out, types: [] },
  }
  const settings = {
    ...{ extends: join(root, 'tsconfig.json'), compilerOptions: options },
    ...{ files: [join(root, 'src', face)], include: [] },
  }
  writeFileSync(config, JSON.stringify(settings))
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], {
    stdio: 'pipe',
  })
}

/** The same on the texts of declaration files, by their paths. */
export function rollUp(textOf: (path: string) => string, face: string): string {
  const all = declarationsFrom(textOf, face)
  const namesOf = (list: RegExp) =>
    [...textOf(face).matchAll(list)].flatMap(([, names = '']) => names.split(', '))
  const exported = new Set(namesOf(/^export (?:type )?\{ ([^}]*) \}/gm))
  const kept = closure(exported, all)
  const missing = [...exported].filter((name) => !kept.some((one) => one.name === name))
  if (missing.length > 0) throw new Error(`the face has no declaration of ${missing.join(', ')}`)
  // A class of which only the type is exported cannot be made outside.
  const typesOnly = namesOf(/^export type \{ ([^}]*) \}/gm)
  const hidden = kept.filter(
    ({ name, text }) => typesOnly.includes(name) && /^declare (?:abstract )?class/m.test(text),
  )
  for (const { name } of hidden) exported.delete(name)
  const rank = ({ name }: Declaration) => (exported.has(name) ? `0 ${name}` : `1 ${name}`)
  const texts = kept
    .toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))
    .map(({ name, text }) => (exported.has(name) ? text.replace(/^(?! |\/)/m, 'export ') : text))
  return `${[...texts, `export type { ${hidden.map(({ name }) => name).join(', ')} }`].join('\n\n')}\n`
}

/** Every declaration of the files that a file leads to. */
function declarationsFrom(textOf: (path: string) => string, face: string): readonly Declaration[] {
  const seen = new Set<string>()
  const open = [face]
  const found: Declaration[] = []
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    const text = textOf(path)
    for (const [, target = ''] of text.matchAll(/ from '(\.[^']+)'/g))
      open.push(posix.join(posix.dirname(path), target))
    found.push(...declarationsIn(text))
  }
  return found
}

/** A declaration goes from its documentation to the next line at the left margin that begins another. */
function declarationsIn(text: string): readonly Declaration[] {
  const parts = text.split(/^(?=\/\*\*|export |declare |type |import )/m)
  const joined: string[] = []
  for (const part of parts) {
    if (joined.at(-1)?.trimEnd().endsWith('*/') === true) joined.push(joined.pop() + part)
    else joined.push(part)
  }
  return joined.flatMap((part) => {
    const [, name] =
      /^(?:export )?(?:declare )?(?:type|const|function|(?:abstract )?class) (\w+)/m.exec(part) ?? []
    return name === undefined ? [] : [{ name, text: part.replace(/^export /m, '').trimEnd() }]
  })
}

/** The declarations of these names, and of all types that they mention. */
function closure(names: Iterable<string>, all: readonly Declaration[]): readonly Declaration[] {
  const wanted = new Set(names)
  const kept: Declaration[] = []
  for (const name of wanted) {
    const [one, another] = all.filter((each) => each.name === name)
    if (another !== undefined) throw new Error(`two declarations are called ${name}`)
    if (one === undefined) continue
    kept.push(one)
    const code = one.text.replace(/\/\*\*[\s\S]*?\*\/|'[^']*'/g, '')
    for (const [word] of code.matchAll(/\b[A-Z]\w*|(?<=typeof )\w+/g)) wanted.add(word)
  }
  return kept
}
