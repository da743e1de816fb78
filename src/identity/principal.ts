// Who somebody is, from what STS says of their base credentials (decision 9), and the name that policies write
// for them (decision 20): a bare name only where the caller cannot choose it.

import { consistsOf, digits, letters, SentinelError } from '../base/index.ts'

/** What kind of caller it is. `sso` is a session that IAM Identity Center opened. */
export type PrincipalKind = 'user' | 'assumed-role' | 'sso' | 'federated-user' | 'root'

/** A caller of AWS. */
export type Principal = {
  readonly kind: PrincipalKind
  readonly arn: string
  /** Twelve digits. */
  readonly accountId: string
  /** The name that policies match: `alice`, `Role/session`, `:federated/bob`, `:root`. */
  readonly name: string
  /** The name without what makes it unmistakable: user, session, federated user, or `root`. */
  readonly rawName: string
}

/** What `sentinel whoami --json` prints. */
export type Whoami = {
  readonly arn: string
  readonly account_id: string
  readonly identity_type: 'user' | 'assumed-role' | 'federated-user' | 'root'
  readonly raw_username: string
  readonly policy_username: string
}

/** The partitions of AWS, as the SDK knows them (a test holds the two together). */
export const partitions: ReadonlySet<string> = new Set([
  'aws',
  'aws-cn',
  'aws-eusc',
  'aws-iso',
  'aws-iso-b',
  'aws-iso-e',
  'aws-iso-f',
  'aws-us-gov',
])

// IAM, CreateUser and CreateRole; STS, AssumeRole and GetFederationToken: names are made of these characters.
const ofNames = `${letters}${digits}_+=,.@-`
const isName = (text: string, shortest: number, longest: number) =>
  text.length >= shortest && text.length <= longest && consistsOf(text, ofNames)
const isUser = (text: string) => isName(text, 1, 64)
const isRole = (text: string) => isName(text, 1, 64)
const isSession = (text: string) => isName(text, 2, 64)
const isFederated = (text: string) => isName(text, 2, 32)
// IAM Identity Center names its roles so, with a suffix of its own choice, under a path of its own; AWS lets nobody
// else modify such a "protected role". An ARN of a session shows no path, so the name is what it is recognised by.
// (Whoever could make a look-alike role in the account could as well make an IAM user of any name.)
// https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
// https://repost.aws/knowledge-center/identity-center-aws-reserved-sso
const identityCenterRole = /^AWSReservedSSO_[\w+=,.@-]{1,32}_[0-9a-f]{16}$/

/**
 * Who an ARN of GetCallerIdentity names.
 *
 * @param accountId the account that the same answer gave; it must be the ARN's
 * @throws SentinelError IDENTITY_UNSUPPORTED when the ARN is of no kind that can be named in a policy
 */
export function principalOf(arn: string, accountId: string): Principal {
  const [prefix, partition = '', service, region, account = '', ...rest] = arn.split(':')
  const whole = prefix === 'arn' && partitions.has(partition) && region === ''
  const isAccount = account.length === 12 && consistsOf(account, digits)
  if (!whole || !isAccount || account !== accountId) throw unsupported(arn)
  const named =
    service === 'iam' ? iamName(rest.join(':')) : service === 'sts' ? stsName(rest.join(':')) : undefined
  if (named === undefined) throw unsupported(arn)
  return { arn, accountId, ...named }
}

/** A principal as `sentinel whoami --json` prints it. An Identity Center session is an assumed role there. */
export function whoamiOf(principal: Principal): Whoami {
  return {
    arn: principal.arn,
    account_id: principal.accountId,
    identity_type: principal.kind === 'sso' ? 'assumed-role' : principal.kind,
    raw_username: principal.rawName,
    policy_username: principal.name,
  }
}

type Named = Pick<Principal, 'kind' | 'name' | 'rawName'>

function iamName(resource: string): Named | undefined {
  if (resource === 'root') return { kind: 'root', name: ':root', rawName: 'root' }
  if (!resource.startsWith('user/')) return undefined
  // A user's path is dropped: names are unique in an account whatever their path.
  const slash = resource.lastIndexOf('/')
  const [path, name] = [resource.slice('user/'.length, slash), resource.slice(slash + 1)]
  const isUnder = slash < 'user/'.length || /^[\x21-\x7e]+$/.test(path)
  return isUnder && isUser(name) ? { kind: 'user', name, rawName: name } : undefined
}

function stsName(resource: string): Named | undefined {
  const [type, ...names] = resource.split('/')
  if (type === 'assumed-role' && names.length === 2) return sessionOf(names[0] ?? '', names[1] ?? '')
  const [bob = ''] = names
  if (type !== 'federated-user' || names.length !== 1 || !isFederated(bob)) return undefined
  return { kind: 'federated-user', name: `:federated/${bob}`, rawName: bob }
}

function sessionOf(role: string, session: string): Named | undefined {
  if (!isRole(role) || !isSession(session)) return undefined
  if (identityCenterRole.test(role)) return { kind: 'sso', name: session, rawName: session }
  return { kind: 'assumed-role', name: `${role}/${session}`, rawName: session }
}

function unsupported(arn: string): SentinelError {
  return new SentinelError('IDENTITY_UNSUPPORTED', `the caller \`${arn}\` cannot be named in a policy`, {
    hint: 'use credentials of an IAM user, a role session, a federated user or the account root',
  })
}
