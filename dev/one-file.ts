// A program of this repository as one file, for those who start it hundreds of times: to read and compile the sources
// would be most of what each costs.

import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/** LMDB as it is installed: native code stays where it is. */
const installedLmdb = join(import.meta.dirname, '..', 'node_modules', 'lmdb', 'dist', 'index.cjs')

/** What is to be a program's LMDB: a file that becomes a part of it, or one that stays where it is. */
type Lmdb = { readonly path: string; readonly external?: boolean }

/** Makes it, and gives its path. @param name ends in .cjs */
export async function oneFile(
  entry: string,
  folder: string,
  name: string,
  lmdb: Lmdb = { path: installedLmdb, external: true },
): Promise<string> {
  const file = join(folder, name)
  await build({
    entryPoints: [entry],
    outfile: `${file}.body`,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: [installedLmdb],
    define: {
      SENTINEL_VERSION: '"dev"',
      INSTALLED_LMDB: JSON.stringify(installedLmdb),
      'import.meta.url': JSON.stringify(import.meta.url),
    },
    // Native code of the keyring, which nothing here asks for.
    loader: { '.node': 'empty' },
    // As a script that is given what a module has, so that its compiled code can be kept; no such script can import.
    banner: { js: '(function (require) { const module = { exports: {} };' },
    footer: { js: '})' },
    supported: { 'dynamic-import': false },
    plugins: [{ name: 'lmdb', setup: (plugin) => plugin.onResolve({ filter: /^lmdb$/ }, () => lmdb) }],
  })
  copyFileSync(join(import.meta.dirname, 'one-file.cjs'), file)
  return file
}
