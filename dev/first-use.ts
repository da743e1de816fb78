// What is large and seldom needed, in places that cannot wait for an `import()`: the evaluator is synchronous, and so is
// whoever holds the log's lock. The sources
// import these modules like any other; in the build each is a file of its own, required when something of it is first
// used.
//
// For the first step of the build (build.ts) they are entries of their own, and such an import leads to a small module
// that has a function or a getter for each name. The second step writes there the `require` of the file that the entry became.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { Metafile, Plugin } from 'esbuild'

const root = join(import.meta.dirname, '..')
const imports = 'src/lang/imports'
const alwaysThere = ['names.ts', 'standard.ts', 'table.ts']

/**
 * RE2's engine takes as long to load as a small policy takes in all, and few policies match a pattern. A policy that is
 * evaluated once is walked, so no code is generated. Of the standard imports a policy has two or three. What explains
 * mistakes waits for one, and what mends a log for one that is not as its head says.
 * The keyring is asked only where the file of the keys says so, and its native code is loaded with this.
 */
export const lateModules: readonly string[] = [
  'node_modules/re2js/build/index.js',
  'src/audit/mend.ts',
  'src/machine/keyring.ts',
  'src/machine/keys-elsewhere.ts',
  'src/lang/run/regex.ts',
  'src/lang/syntax/fixes.ts',
  'src/source/draw.ts',
  'src/lang/generate/evaluate.ts',
  'src/lang/generate/quick.ts',
  ...readdirSync(join(root, imports))
    .filter((name) => !/\.(?:test|fake)\.ts$/.test(name) && !alwaysThere.includes(name))
    .map((name) => `${imports}/${name}`),
]

const marker = '__required'

const namespace = 'first-use'

/** Whether what went into the build is one of the modules with getters. */
export const isGetter = (input: string): boolean => input.startsWith(`${namespace}:`)

/** Lets the imports of these modules lead to getters. */
export const atFirstUse: Plugin = {
  name: 'at-first-use',
  setup(build) {
    build.onResolve({ filter: /^\.|^re2js$/ }, ({ path, kind, resolveDir }) => {
      if (kind !== 'import-statement') return undefined
      const file = path.startsWith('.')
        ? relative(root, join(resolveDir, path))
        : 'node_modules/re2js/build/index.js'
      const name = file.split(sep).join('/')
      return lateModules.includes(name) ? { path: name, namespace } : undefined
    })
    build.onLoad({ filter: /.*/, namespace }, async ({ path }) => {
      const names = await namesOf(path)
      const required = (name: string) => `${marker}("${path}").${name}`
      // Functions need no getters, nor what esbuild puts around what has some.
      const contents = onlyFunctions(path)
        ? names.map((name) => `export const ${name} = (...given) => ${required(name)}(...given)`)
        : [`module.exports = { ${names.map((name) => `get ${name}() { return ${required(name)} }`)} }`]
      return { contents: contents.join('\n') }
    })
  },
}

/** The names that a module exports. Ours have one form for that. */
async function namesOf(path: string): Promise<readonly string[]> {
  if (!path.endsWith('.ts')) return Object.keys((await import('re2js')) as object)
  const text = readFileSync(join(root, path), 'utf8')
  return [...text.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name = '']) => name)
}

function onlyFunctions(path: string): boolean {
  return path.endsWith('.ts') && !/^export (?:const|class) /m.test(readFileSync(join(root, path), 'utf8'))
}

/** A text in which these modules are required, by the names of the chunks that they became. */
export function withRequires(text: string, { outputs }: Metafile): string {
  return text.replaceAll(new RegExp(`\\b${marker}\\("([^"]+)"\\)`, 'g'), (_, path: string) => {
    const [chunk = ''] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === path) ?? []
    return `require("./${chunk.replace(/^.*\//, '')}")`
  })
}
