// Flags of the commands that change state, written once.

import type { Flag, Flags } from '../command.ts'

const documentFlags = (kind: string, title: string) =>
  [
    {
      type: 'string',
      env: `SENTINEL_${kind.toUpperCase()}_POLICY_PARAMETER`,
      placeholder: 'name',
      help: `SSM parameter with the ${title} (default: /sentinel/${kind}/<profile>)`,
    },
    {
      type: 'string',
      env: `SENTINEL_${kind.toUpperCase()}_POLICY_FILE`,
      placeholder: 'file',
      help: `file with the ${title}, instead of a parameter; the log names it`,
    },
  ] as const satisfies readonly Flag[]

const [approvalPolicyParameter, approvalPolicyFile] = documentFlags('approval', 'approval policy')
const [breakglassPolicyParameter, breakglassPolicyFile] = documentFlags('breakglass', 'break-glass policy')
const [ratelimitPolicyParameter, ratelimitPolicyFile] = documentFlags('ratelimit', 'rate-limit policy')

/** Where the approval policy lies. */
export const approvalPolicyFlags = { approvalPolicyParameter, approvalPolicyFile } as const satisfies Flags

/** Where the break-glass policy lies. */
export const breakglassPolicyFlags = {
  breakglassPolicyParameter,
  breakglassPolicyFile,
} as const satisfies Flags

/** Where the rate-limit policy lies. */
export const ratelimitPolicyFlags = { ratelimitPolicyParameter, ratelimitPolicyFile } as const satisfies Flags
