import type { Section } from '../command.ts'
import { version } from './version.ts'

/** Every command, in the order of the help. */
export const sections: readonly Section[] = [{ title: 'Sentinel itself', commands: [version] }]
