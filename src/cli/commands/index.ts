import type { Section } from '../command.ts'
import { enforceGenerateTrustPolicy } from './enforce-generate.ts'
import { version } from './version.ts'

/** Every command, in the order of the help. */
export const sections: readonly Section[] = [
  { title: 'Enforcement', commands: [enforceGenerateTrustPolicy] },
  { title: 'Sentinel itself', commands: [version] },
]
