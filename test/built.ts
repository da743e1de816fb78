// Vitest's global set-up: builds dist/ once per run, for the tests and stories that use the built program.

import type { TestProject } from 'vitest/node'
import { build } from '../dev/build.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** File of dist/ → the sources in it. */
    built: Record<string, { readonly inputs: readonly string[]; readonly needs: readonly string[] }>
  }
}

export async function setup(project: TestProject): Promise<void> {
  const { files } = await build()
  project.provide('built', Object.fromEntries(files))
}
