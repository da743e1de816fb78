// A thread's program in one text, in memory. For a mutant the engine under test gets sources of its own, in which one
// piece of text is another; all else, the reference among it, stays as it is. Nothing is written to disk.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import type { Mutant } from './mutants.ts'

const root = join(import.meta.dirname, '..', '..')

/** The program of a thread. */
export const threadProgram = (): Promise<string> => bundled('dev/fuzz/worker.ts', [])

/** The program of a thread that runs on mutants. */
export const mutantThreadProgram = (): Promise<string> => bundled('dev/fuzz/mutant-worker.ts', [])

/** The engines under test, made of changed sources: the text of a module. */
export const mutantSubject = (mutant: Mutant): Promise<string> =>
  bundled('dev/fuzz/subject.ts', [mutating(mutant)])

async function bundled(entry: string, plugins: Plugin[]): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    plugins,
  })
  return outputFiles[0]?.text ?? ''
}

/** Loads what `subject.ts` imports from the engine with the change in it. */
const mutating = (mutant: Mutant): Plugin => ({
  name: 'mutant',
  setup({ onResolve, onLoad }) {
    const own = (path: string, folder: string) => ({ path: join(folder, path), namespace: 'mutant' })
    onResolve({ filter: /\/src\/lang\// }, ({ path, importer, resolveDir }) =>
      importer.endsWith('/dev/fuzz/subject.ts') ? own(path, resolveDir) : undefined,
    )
    onResolve({ filter: /^\./, namespace: 'mutant' }, ({ path, importer }) => own(path, dirname(importer)))
    onLoad({ filter: /.*/, namespace: 'mutant' }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      const contents = path === join(root, mutant.file) ? mutated(text, mutant) : text
      return { contents, loader: 'ts', resolveDir: dirname(path) }
    })
  },
})

/** The text with the change. @throws Error where what is to be replaced does not stand there exactly once */
export function mutated(text: string, { name, file, from, to }: Mutant): string {
  const places = text.split(from).length - 1
  if (places !== 1) throw new Error(`mutant "${name}": \`${from}\` stands ${places} times in ${file}`)
  return text.replace(from, () => to)
}
