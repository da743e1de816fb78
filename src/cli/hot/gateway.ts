// The gateway's commands that SDKs and people call all day, as one file of the build.

import type { Command } from '../command.ts'
import { credentials } from '../commands/credentials.ts'
import { exec } from '../commands/exec.ts'

export const commands: readonly Command[] = [credentials, exec]
