// What `init bootstrap` makes: a policy parameter for each profile, with a starter policy that works at once,
// and, when asked for, the IAM documents that let people read and administrators write policies.

import type { PolicyDocument } from './trust-policy.ts'

/** One parameter as it stands. */
export type PlannedParameter = {
  readonly type: 'ssm_parameter'
  readonly name: string
  readonly profile: string
  readonly state: 'create' | 'exists'
  readonly currentVersion?: number
}

/**
 * The first policy of a profile: its maker may use it, everybody else needs approval.
 *
 * @param user the maker's name as policies write it (decision 20)
 */
export function starterPolicy(profile: string, user: string): string {
  return `# Access policy for ${profile}. The first rule that matches decides; what no rule matches is denied.
# Check a change before you put it: sentinel config validate --path FILE
version: "1"
rules:
  - name: ${quoted(`${profile}-owner`)}
    effect: allow
    conditions:
      profiles: [${quoted(profile)}]
      users: [${quoted(user)}]
    reason: Access for whoever set this profile up

  - name: default-approval
    effect: require_approval
    conditions: {}
    reason: Requires approval
`
}

// A JSON string is a YAML 1.2 double-quoted scalar; U+0085, U+2028 and U+2029 are line breaks to some readers.
const quoted = (text: string) =>
  JSON.stringify(text).replace(
    /[\u0085\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** The documents of `--generate-iam-policies`: who may read policies, and who may write them. */
export function policyAccessDocuments(root: string): Readonly<Record<string, PolicyDocument>> {
  const read = ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath']
  const write = [
    'ssm:PutParameter',
    'ssm:DeleteParameter',
    'ssm:AddTagsToResource',
    'ssm:RemoveTagsFromResource',
  ]
  const document = (sid: string, actions: readonly string[]): PolicyDocument => ({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: sid,
        Effect: 'Allow',
        Action: actions,
        Resource: `arn:aws:ssm:*:*:parameter${root.replace(/\/+$/, '')}/*`,
      },
    ],
  })
  return {
    SentinelPolicyReader: document('SentinelPolicyRead', read),
    SentinelPolicyAdmin: document('SentinelPolicyAdmin', [...read, ...write]),
  }
}
