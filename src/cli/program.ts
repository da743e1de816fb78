import type { Program } from './command.ts'
import { credentials } from './commands/credentials.ts'
import { exec } from './commands/exec.ts'
import { version } from './commands/version.ts'

/** The program: what is dispatched before any framework loads, and everything. */
export const program: Program = {
  hot: [credentials, exec, version],
  sections: async () => (await import('./commands/index.ts')).sections,
}
