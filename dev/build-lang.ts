// Builds dist/lang/, the library `sentinel-gateway/lang`: one CommonJS file, which both `import` and `require` load
// as the same instance, and its declarations.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build as bundle, type Plugin } from 'esbuild'
import { rolledUp } from './declarations.ts'
import { licences } from './licences.ts'

/** Our modules do nothing when they are imported, so those of which nothing is used stay out, with what they need. */
const withoutUnused: Plugin = {
  name: 'without unused',
  setup(plugin) {
    plugin.onResolve({ filter: /^\..*\.ts$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path),
      sideEffects: false,
    }))
  },
}

/** Writes the library into a folder. */
export async function buildLang(folder: string): Promise<void> {
  const { outputFiles, metafile } = await bundle({
    absWorkingDir: join(import.meta.dirname, '..'),
    entryPoints: ['src/lang/index.ts'],
    outfile: 'index.cjs',
    write: false,
    bundle: true,
    format: 'cjs',
    // For the list of names that `import` finds them by. Nothing of Node's is needed: a test looks.
    platform: 'node',
    mainFields: ['module', 'main'],
    plugins: [withoutUnused],
    target: 'node20.19',
    minify: true,
    metafile: true,
    legalComments: 'none',
  })
  mkdirSync(folder, { recursive: true })
  const [file] = outputFiles
  if (file === undefined) throw new Error('esbuild wrote no file')
  writeFileSync(join(folder, 'index.cjs'), file.contents)
  writeFileSync(join(folder, 'index.d.cts'), rolledUp('lang/index.ts'))
  writeFileSync(join(folder, 'THIRD_PARTY_LICENSES.txt'), licences(Object.keys(metafile.inputs)))
}
