import { command } from '../command.ts'
import { version as number } from '../version.ts'

export const version = command({
  name: 'version',
  summary: 'Print the version',
  examples: ['sentinel version', 'sentinel version --json'],
  flags: { json: { type: 'boolean', help: 'print JSON for a program to read' } },
  run({ io }, { json }) {
    io.stdout.write(
      json ? `${JSON.stringify({ version: number, platform: io.platform })}\n` : `sentinel ${number}\n`,
    )
    return 0
  },
})
