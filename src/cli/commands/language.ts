// What the commands of the policy language share.

import { SentinelError } from '../../base/index.ts'

/** The original has it everywhere. */
export const colourFlag = {
  type: 'boolean',
  default: true,
  help: 'colour what goes to a terminal',
} as const

/** Whoever names something else than a policy is told so. */
export const onlyPolicies = {
  configuration: 'name policies and modules: files that end in .sentinel',
} as const

/** A folder that was named for its policies has none. */
export const noPolicies = (path: string) =>
  new SentinelError('FILE_UNREADABLE', `no file in \`${path}\` ends in .sentinel`, {
    hint: 'name a folder that holds policies, or the files themselves',
  })
