// Packages that are large and seldom needed, in places that cannot wait for an `import()`: each becomes a file of its
// own, which is required when something of the package is first used. The sources import it like any other.

import { join } from 'node:path'
import { type BuildOptions, build as bundle, type Plugin } from 'esbuild'

/** RE2's engine in JavaScript: most policies match nothing, and it takes as long to load as a small one takes in all. */
const rarePackages = ['re2js'] as const

const fileOf = (name: string) => `${name}.cjs`

/** Lets each of these packages lead to a module that requires the package's file once it is asked for something. */
export const atFirstUse: Plugin = {
  name: 'at-first-use',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(?:${rarePackages.join('|')})$`) }, ({ path }) => ({
      path,
      namespace: 'first-use',
    }))
    build.onResolve({ filter: /^\.\//, namespace: 'first-use' }, ({ path }) => ({ path, external: true }))
    build.onLoad({ filter: /.*/, namespace: 'first-use' }, async ({ path }) => {
      const names = Object.keys((await import(path)) as object)
      const getters = names.map((name) => `get ${name}() { return require('./${fileOf(path)}').${name} }`)
      return { contents: `module.exports = { ${getters.join(', ')} }` }
    })
  },
}

/** Writes the files of these packages into a folder. */
export async function buildRarePackages(
  root: string,
  folder: string,
  options: BuildOptions,
): Promise<readonly { readonly file: string; readonly inputs: readonly string[] }[]> {
  return await Promise.all(
    rarePackages.map(async (name) => {
      const file = fileOf(name)
      const { metafile } = await bundle({
        ...options,
        absWorkingDir: root,
        stdin: { contents: `export * from '${name}'`, resolveDir: root },
        outfile: join(folder, file),
        bundle: true,
        format: 'cjs',
        metafile: true,
      })
      return { file, inputs: Object.keys(metafile.inputs).filter((path) => path !== '<stdin>') }
    }),
  )
}
