// `apply`, which scripts and hooks run all day, as one file of the build.

import type { Command } from '../command.ts'
import { apply } from '../commands/apply.ts'

export const commands: readonly Command[] = [apply]
