// What the commands of the policy language share.

/** The original has it everywhere. */
export const colourFlag = {
  type: 'boolean',
  default: true,
  help: 'colour what goes to a terminal',
} as const
