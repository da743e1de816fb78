// What is large and seldom needed, in places that cannot wait for an `import()`: the evaluator is synchronous. The sources
// import these modules like any other; in the build each is a file of its own, required when something of it is first
// used.
//
// For the first step of the build (build.ts) such an import leads to a small module with a getter for each name, which
// holds an `import()`: so esbuild splits the large one off. The second step writes `require` for this `import()`.

import { readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { Plugin } from 'esbuild'

/**
 * RE2's engine: few policies need it, and it takes as long to load as a small policy takes in all. The code generator:
 * a policy that is evaluated once is walked. The standard imports: a policy has two or three of them.
 */
const late =
  /^(?:re2js|src\/lang\/generate\/(?:evaluate|quick)\.ts|src\/lang\/imports\/(?!names|standard|table)[a-z]+\.ts)$/

const marker = '__required'

/** The plugin, for a repository. */
export function atFirstUse(root: string): Plugin {
  return {
    name: 'at-first-use',
    setup(build) {
      build.onResolve({ filter: /^\.|^re2js$/ }, ({ path, kind, resolveDir }) => {
        if (kind !== 'import-statement') return undefined
        const name = path.startsWith('.') ? relative(root, join(resolveDir, path)).split(sep).join('/') : path
        return late.test(name) ? { path: name, namespace: 'first-use' } : undefined
      })
      build.onLoad({ filter: /.*/, namespace: 'first-use' }, async ({ path }) => {
        const isOurs = path.endsWith('.ts')
        const names = isOurs ? exportsOf(join(root, path)) : Object.keys((await import(path)) as object)
        const target = JSON.stringify(isOurs ? join(root, path) : path)
        const getters = names.map((name) => `get ${name}() { return ${marker}(import(${target})).${name} }`)
        return { contents: `module.exports = { ${getters.join(', ')} }`, resolveDir: root }
      })
    },
  }
}

/** The names that one of our modules exports; our style has one form for that. */
function exportsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name = '']) => name)
}

/** The text of a chunk in which these modules are required. */
export const withRequires = (text: string): string =>
  text.replaceAll(new RegExp(`\\b${marker}\\(import\\(("[^"]+")\\)\\)`, 'g'), 'require($1)')
