// Builds dist/: CommonJS programs with nothing to install (docs/decisions/0003-two-step-commonjs-build.md).
// dist/sentinel.cjs only loads the other files, with the code that V8 made of them before (src/cli/sentinel.ts).
//
// 1. esbuild bundles the entry as ESM with code splitting: chunks, each of the sources that the same `import()`s lead to.
// 2. Chunks that start together become one CommonJS file: those of the entry, dist/run.cjs, and those of each hot
//    program in src/cli/hot/, dist/<its name>.cjs. What two of these need is in the entry. Every other chunk is a file
//    of its own. So every module exists once, and a hot command loads two files.
// 3. What is large and seldom needed is required at its first use (first-use.ts).

import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build as bundle, type Metafile, type Plugin, transform } from 'esbuild'
import { buildLang } from './build-lang.ts'
import { throughFaces } from './faces.ts'
import { atFirstUse, isGetter, lateModules, withRequires } from './first-use.ts'
import { licences } from './licences.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const [entrySource, hotFolder, entryFile] = ['src/cli/run.ts', 'src/cli/hot/', 'run.cjs']
/** Native code cannot be bundled, and is loaded where it is used first (docs/decisions/0013-native-parts.md). */
const native = ['lmdb', '@napi-rs/keyring']
const common = { platform: 'node', target: 'node20.19', minify: true, legalComments: 'none' } as const

/** One file of dist/: the sources in it, and the files of dist/ and packages of Node that it loads at once. */
export type BuiltFile = { readonly inputs: readonly string[]; readonly needs: readonly string[] }

export type Built = { readonly files: ReadonlyMap<string, BuiltFile> }

/** What esbuild split off: name of the file, its text, the names that it exports. */
type Chunk = { readonly name: string; readonly text: string; readonly exports: readonly string[] }

/** Which file of dist/ a chunk goes into, by the chunk's name. */
type Places = ReadonlyMap<string, string>

/** Bundles the program and writes dist/. */
export async function build(): Promise<Built> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const { outputFiles, metafile } = await bundle({
    ...common,
    absWorkingDir: root,
    entryPoints: [entrySource, ...lateModules],
    entryNames: '[name]-[hash]',
    outdir: 'dist',
    write: false,
    bundle: true,
    external: native,
    splitting: true,
    format: 'esm',
    metafile: true,
    alias: { debug: './dev/silent-debug.cjs' },
    define: { SENTINEL_VERSION: JSON.stringify(version) },
    plugins: [throughFaces(join(root, 'src')), atFirstUse],
  })
  const chunks = outputFiles.map(({ path, text }): Chunk => {
    const name = basename(path)
    return { name, text, exports: metafile.outputs[`dist/${name}`]?.exports ?? [] }
  })
  const places = placesOf(metafile)
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist, { recursive: true })
  for (const file of new Set(places.values())) {
    const parts = chunks.filter(({ name }) => places.get(name) === file)
    const text = isProgram(file) ? importedOnce(await merged(parts)) : (parts[0]?.text ?? '')
    writeFileSync(join(dist, file), asFunction(await toCommonJs(withRequires(text, metafile), places)))
  }
  await writeLoader(version)
  writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n')
  writeFileSync(join(dist, 'THIRD_PARTY_LICENSES.txt'), licences(Object.keys(metafile.inputs)))
  await buildLang(join(dist, 'lang'))
  return { files: filesOf(metafile, places) }
}

/** What is started: a file by itself, which must not be loaded with its own help. */
async function writeLoader(version: string): Promise<void> {
  const source = readFileSync(join(root, 'src', 'cli', 'sentinel.ts'), 'utf8')
  const { code } = await transform(source, {
    ...common,
    loader: 'ts',
    format: 'cjs',
    define: { SENTINEL_VERSION: JSON.stringify(version) },
  })
  writeFileSync(join(dist, 'sentinel.cjs'), `#!/usr/bin/env node\n"use strict";\n${code}`, { mode: 0o755 })
}

/** The entry and the hot programs take what they load at once; what two of them load is in the entry. */
function placesOf(meta: Metafile): Places {
  const programs = Object.entries(meta.outputs).flatMap(([path, { entryPoint = '' }]) =>
    entryPoint === entrySource || entryPoint.startsWith(hotFolder)
      ? [{ file: `${basename(entryPoint, '.ts')}.cjs`, chunks: closureOf(meta, path) }]
      : [],
  )
  return new Map(
    Object.keys(meta.outputs).map((path) => {
      const [first, second] = programs.filter(({ chunks }) => chunks.has(path))
      const file = first?.file ?? basename(path).replace(/\.js$/, '.cjs')
      return [basename(path), second === undefined ? file : entryFile]
    }),
  )
}

/** A file of the build and every file that it loads at once, not those behind `import()`. */
export function closureOf(meta: Metafile, entry: string): ReadonlySet<string> {
  const seen = new Set<string>()
  const visit = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    for (const next of meta.outputs[path]?.imports ?? []) {
      if (next.kind === 'import-statement' && next.external !== true) visit(next.path)
    }
  }
  visit(entry)
  return seen
}

const isProgram = (file: string) => !/-[A-Z0-9]{8}\.cjs$/.test(file)

/**
 * What the loader runs. It is the function already, since to put it into one at each start would be to copy it, and V8
 * collects garbage, for a millisecond, as soon as a run has made 700 kB of it (docs/decisions/0008-the-warm-path.md).
 * Modules are strict by nature, CommonJS only when it says so.
 */
const asFunction = (code: string) => `(function(exports,require,module){"use strict";${code}\n})\n`

/** A module as CommonJS, in which every `import` and `import()` of a chunk asks for the file that has it. */
async function toCommonJs(text: string, places: Places): Promise<string> {
  // By hand, because esbuild would copy what is loaded, in case it is no module; and because what the loader compiled
  // has no import() of its own.
  const waiting = text.replace(
    new RegExp(`\\bimport\\(("(?:\\./[\\w-]+\\.js|node:\\w+|${native.join('|')})")\\)`, 'g'),
    'Promise.resolve().then(()=>require($1))',
  )
  const { code } = await transform(waiting, { ...common, format: 'cjs' })
  return code.replace(/require\("\.\/([\w-]+\.js)"\)/g, (_, name: string) => {
    const file = places.get(name) ?? ''
    return isProgram(file) ? `require("./${file}")["${name}"]` : `require("./${file}")`
  })
}

const importLine = /(?<=^|[;}\n])import(?:\{([^}]*)\}from)?"(\.\/[\w-]+\.js|node:\w+)";/g

/**
 * A merged module that asks for each other one once, for all its chunks, and holds what it needs of it in variables. What
 * esbuild would make of its imports asks again for each chunk, and at each use: 3 kB of a hot program, and forty calls.
 */
function importedOnce(text: string): string {
  const wanted = new Map<string, string[]>()
  const rest = text.replace(importLine, (_, names: string | undefined, from: string) => {
    // Without names it is an import for the order's sake; what is shared runs first anyway.
    if (names !== undefined) wanted.set(from, [...(wanted.get(from) ?? []), names.replaceAll(' as ', ':')])
    return ''
  })
  return [...wanted].map(([from, names]) => `var{${names}}=require("${from}");`).join('') + rest
}

/** Some chunks as one module, which exports an object for each of them, under the chunk's name. */
async function merged(chunks: readonly Chunk[]): Promise<string> {
  const { outputFiles } = await bundle({
    ...common,
    // The entry, whose chunk runs the program, is the first: after what it needs itself it goes last.
    stdin: { contents: chunks.toReversed().map(handOn).join('\n'), resolveDir: dist },
    bundle: true,
    external: native,
    write: false,
    format: 'esm',
    plugins: [chunkLoader(chunks)],
  })
  const exported = /export\{([^}]*)\};\s*$/
  return (outputFiles[0]?.text ?? '').replace(exported, (_, names: string) => exportsOf(names))
}

/** Imports a chunk and gives each of its exports a name that says which chunk's it is. */
function handOn({ name, exports }: Chunk): string {
  const names = exports.map((each) => `${each} as ${JSON.stringify(`${name} ${each}`)}`)
  return `import './${name}'; export { ${names.join(', ')} } from './${name}'`
}

/**
 * `a as "chunk.js b",…` to the object that is exported. No getters, which esbuild makes for modules that import each
 * other in rings, as those of the SDK do: ours do not, and a getter is a function to compile at each start.
 */
function exportsOf(names: string): string {
  const chunks = new Map<string, string[]>()
  for (const [, local = '', chunk = '', name = ''] of names.matchAll(/([\w$]+) as ?"(\S+) ([\w$]+)"/g)) {
    chunks.set(chunk, [...(chunks.get(chunk) ?? []), `${name}:${local}`])
  }
  return `module.exports={${[...chunks].map(([chunk, members]) => `"${chunk}":{${members}}`)}};`
}

/** Resolves chunks among each other: those of this file to their texts, the others to what is loaded when it runs. */
function chunkLoader(chunks: readonly Chunk[]): Plugin {
  return {
    name: 'chunks',
    setup(plugin) {
      plugin.onResolve({ filter: /^\.\/.*\.js$/ }, ({ path, kind }) => {
        const isHere = chunks.some(({ name }) => path === `./${name}`)
        return isHere && kind !== 'dynamic-import'
          ? { path: basename(path), namespace: 'chunk' }
          : { path, external: true }
      })
      plugin.onLoad({ filter: /.*/, namespace: 'chunk' }, ({ path }) => ({
        contents: chunks.find(({ name }) => name === path)?.text ?? '',
        resolveDir: dist,
      }))
    },
  }
}

function filesOf(meta: Metafile, places: Places): Built['files'] {
  const files = new Map<string, { inputs: string[]; needs: string[] }>()
  for (const [path, output] of Object.entries(meta.outputs)) {
    const name = places.get(basename(path)) ?? ''
    const file = files.get(name) ?? { inputs: [], needs: [] }
    const needed = output.imports.filter(({ kind }) => kind !== 'dynamic-import')
    const needs = needed.map((each) => (each.external === true ? each.path : places.get(basename(each.path))))
    file.inputs.push(...Object.keys(output.inputs).filter((input) => !isGetter(input)))
    file.needs.push(...needs.filter((each) => each !== undefined))
    files.set(name, file)
  }
  return files
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { files } = await build()
  const bytes = readdirSync(dist).reduce((sum, name) => sum + statSync(join(dist, name)).size, 0)
  process.stdout.write(`dist: ${files.size} program files, ${Math.round(bytes / 1000)} kB in all\n`)
}
