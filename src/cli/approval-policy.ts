// The approval policy of a profile: who may approve requests for it.

import { SentinelError } from '../base/index.ts'
import type { LoadedPolicy, PolicySource } from '../gateway/index.ts'
import { policyParameterName } from '../iam/index.ts'
import type { CompiledApprovalPolicy, Looked } from '../policy/index.ts'
import type { Flags } from './command.ts'
import { documentSource, loadDocument } from './documents.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import type { Reach } from './reach.ts'

/** Where the approval policy is. */
export const approvalPolicyFlags = {
  approvalPolicyParameter: {
    type: 'string',
    env: 'SENTINEL_APPROVAL_POLICY_PARAMETER',
    placeholder: 'name',
    help: 'SSM parameter with the approval policy (default: /sentinel/approval/<profile>)',
  },
  approvalPolicyFile: {
    type: 'string',
    env: 'SENTINEL_APPROVAL_POLICY_FILE',
    placeholder: 'file',
    help: 'file with the approval policy, instead of a parameter; the log names it',
  },
} as const satisfies Flags

/** What these flags say. */
export type ApprovalPolicyValues = {
  readonly approvalPolicyParameter: string | undefined
  readonly approvalPolicyFile: string | undefined
}

/** A policy that was looked for, and where. Without one nobody may approve. */
export type LookedApproval = Looked<CompiledApprovalPolicy> &
  Pick<LoadedPolicy, 'path'> &
  Partial<Pick<LoadedPolicy, 'version' | 'sha256'>>

/** Changes are decided by the policy as it is now. */
const maxAgeMs = 0

/** Looks for the approval policy of a profile. @throws SentinelError USAGE; as loadDocument */
export async function approvalPolicyOf(
  deps: GatewayDeps,
  { approvalPolicyParameter, approvalPolicyFile }: ApprovalPolicyValues,
  profile: string,
  reach: () => Promise<Reach>,
): Promise<LookedApproval> {
  const source = documentSource(deps, 'approval-', {
    parameter: approvalPolicyParameter,
    file: approvalPolicyFile,
    place: policyParameterName('/sentinel/approval', profile),
  })
  try {
    return await loadDocument(deps, 'approval', source, maxAgeMs, reach)
  } catch (thrown) {
    if (!(thrown instanceof SentinelError) || thrown.code !== 'SSM_PARAMETER_NOT_FOUND') throw thrown
    return { compiled: undefined, path: placeOf(source) }
  }
}

const placeOf = (source: PolicySource) => (source.kind === 'file' ? source.path : source.name)
