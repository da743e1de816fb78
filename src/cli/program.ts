import type { Program } from './command.ts'
import { version } from './commands/version.ts'

const gateway = async () => (await import('./hot/gateway.ts')).commands

/**
 * The program: which commands start without the framework, and all commands. Those that are called all day have a file
 * of the build each; the others of the policy language stand on what `apply` is made of.
 */
export const program: Program = {
  hot: new Map([
    ['apply', async () => (await import('./hot/apply.ts')).commands],
    ['credentials', gateway],
    ['exec', gateway],
    ['fmt', async () => [(await import('./commands/fmt.ts')).fmt]],
    ['lint', async () => [(await import('./commands/lint.ts')).lint]],
    ['test', async () => [(await import('./commands/test.ts')).test]],
    ['version', async () => [version]],
  ]),
  sections: async () => (await import('./commands/index.ts')).sections,
}
