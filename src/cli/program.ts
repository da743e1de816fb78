import type { Program } from './command.ts'
import { version } from './commands/version.ts'

const gateway = async () => (await import('./hot/gateway.ts')).commands

/** The program: which commands start without the framework, each by its own file of the build, and all commands. */
export const program: Program = {
  hot: new Map([
    ['apply', async () => (await import('./hot/apply.ts')).commands],
    ['credentials', gateway],
    ['exec', gateway],
    ['version', async () => [version]],
  ]),
  sections: async () => (await import('./commands/index.ts')).sections,
}
