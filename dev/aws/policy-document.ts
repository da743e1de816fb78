// What IAM and STS take as a policy document. Sources, IAM User Guide: "Grammar of the IAM JSON policy language"
// (reference_policies_grammar) and the pages of the single elements (reference_policies_elements_…).

import { globMatches } from '../../src/base/index.ts'
import { conditionProblem } from './policy-conditions.ts'
import { hasForbiddenSigns, isLonger, parsedPolicy } from './policy-text.ts'
import type { PolicyDocument } from './policy-types.ts'

/** Where a document is used: on a role as its trust policy, on an identity or a session, or on another resource. */
export type PolicyKind = 'trust' | 'identity' | 'resource'

/**
 * Reads a policy document as AWS does when one is stored or sent along, from JSON text or an object.
 *
 * @throws Error in the words of AWS's MalformedPolicyDocument
 */
export function readPolicy(kind: PolicyKind, policy: PolicyDocument | string): PolicyDocument {
  const document = typeof policy === 'string' ? parsedPolicy(policy) : policy
  const problem = policyProblem(kind, document)
  if (problem !== undefined) throw new Error(`MalformedPolicyDocument: ${problem}`)
  if (hasForbiddenSigns(policy)) {
    throw new Error(
      'ValidationError: The specified value for policyDocument is invalid. It must contain only printable characters.',
    )
  }
  const { most, quota } = lengths[kind]
  if (isLonger(document, most)) throw new Error(`LimitExceeded: Cannot exceed quota for ${quota}: ${most}`)
  return document as PolicyDocument
}

// reference_iam-quotas. What an identity has is one document here: it gets as much as the inline policies of a role.
const lengths = {
  trust: { most: 2048, quota: 'ACLSizePerRole' },
  identity: { most: 10_240, quota: 'PolicySize' },
  // "Considerations for resource-based policies" (rbac-considerations), DynamoDB Developer Guide.
  resource: { most: 20_480, quota: 'ResourcePolicySize' },
} as const

const syntax = 'Syntax errors in policy.'
const documentElements = new Set(['Version', 'Id', 'Statement'])
const statementElements = new Set([
  ...['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction'],
  ...['Resource', 'NotResource', 'Condition'],
])

/** Why AWS would refuse a document, in its words where they are known; undefined when it would take it. */
export function policyProblem(kind: PolicyKind, document: unknown): string | undefined {
  if (!isObject(document) || !hasOnly(document, documentElements)) return syntax
  const { Version, Id, Statement } = document
  if (Version !== undefined && Version !== '2012-10-17' && Version !== '2008-10-17') {
    return 'The policy must contain a valid version string'
  }
  // reference_policies_elements_id: "allowed in resource-based policies, but not in identity-based policies".
  if (Id !== undefined && (kind === 'identity' || typeof Id !== 'string')) return syntax
  const statements: readonly unknown[] = Array.isArray(Statement) ? Statement : [Statement]
  // The grammar has one statement at least.
  if (statements.length === 0) return `${syntax} Statement is empty.`
  for (const statement of statements) {
    const problem = statementProblem(kind, statement)
    if (problem !== undefined) return problem
  }
  return sidProblem(statements)
}

function statementProblem(kind: PolicyKind, statement: unknown): string | undefined {
  if (!isObject(statement) || !hasOnly(statement, statementElements)) return syntax
  const { Effect, Condition, Action, NotAction } = statement
  if (Effect !== 'Allow' && Effect !== 'Deny') return syntax
  const condition = conditionProblem(Condition)
  if (condition !== undefined) return condition
  const actions = oneOf(Action, NotAction)
  if (actions === 'none') return 'Policy statement must contain actions.'
  if (actions === 'wrong') return syntax
  const wrong = textsIn(Action ?? NotAction).map(actionProblem)
  return wrong.find((problem) => problem !== undefined) ?? problems[kind](statement)
}

/** What a statement of each kind must be besides. */
const problems = {
  trust: trustProblem,
  identity: identityProblem,
  resource: resourceBasedProblem,
} as const satisfies Record<PolicyKind, (statement: Elements) => string | undefined>

/** reference_policies_elements_action: a service, a colon, and an action, in which wildcards may stand. */
function actionProblem(action: string): string | undefined {
  if (action === '*') return undefined
  const [vendor = '', name, ...more] = action.split(':')
  if (name === undefined || name === '' || vendor === '') {
    return 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'
  }
  if (more.length > 0) return 'Actions/Conditions can contain only one colon.'
  if (!/^[a-zA-Z0-9-]+$/.test(vendor)) return `Vendor ${vendor} is not valid`
  return /^[\w*?-]+$/.test(name) ? undefined : syntax
}

function identityProblem(statement: Elements): string | undefined {
  const { Principal, NotPrincipal, Resource, NotResource } = statement
  if (Principal !== undefined || NotPrincipal !== undefined) {
    return 'Policy document should not specify a principal.'
  }
  return resourcesProblem(Resource, NotResource)
}

function resourcesProblem(resource: unknown, notResource: unknown): string | undefined {
  const resources = oneOf(resource, notResource)
  if (resources === 'none') return 'Policy statement must contain resources.'
  if (resources === 'wrong') return syntax
  const wrong = textsIn(resource ?? notResource).map(resourceProblem)
  return wrong.find((problem) => problem !== undefined)
}

function resourceBasedProblem(statement: Elements): string | undefined {
  const { Principal, NotPrincipal, Resource, NotResource } = statement
  if (NotPrincipal !== undefined) return syntax
  if (Principal === undefined) return 'Missing required field Principal'
  return (
    (Principal === '*' ? undefined : principalProblem(Principal)) ?? resourcesProblem(Resource, NotResource)
  )
}

/** "IAM ARNs" (reference_identifiers-arns): six parts, or fewer when a wildcard ends them. */
function resourceProblem(name: string): string | undefined {
  if (name === '*') return undefined
  const [arn, partition = '', ...parts] = name.split(':')
  if (arn !== 'arn' || (parts.length < 4 && !name.endsWith('*'))) {
    return `Resource ${name} must be in ARN format or "*".`
  }
  return /^(aws(-[a-z-]+)?|.*[*?].*)$/.test(partition)
    ? undefined
    : `Partition "${partition}" is not valid for resource "${name}".`
}

// reference_policies_elements_principal. A wildcard stands for everybody: it cannot stand inside a name. `CanonicalUser`
// is a principal of Amazon S3 only.
const principals: ReadonlyMap<string, { readonly shownAs: string; readonly pattern: RegExp }> = new Map([
  [
    'AWS',
    {
      shownAs: 'AWS',
      pattern:
        /^(\*|\d{12}|arn:aws:iam::\d{12}:(root|(user|role)\/[^*?]+)|arn:aws:sts::\d{12}:(assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]{2,64}|federated-user\/[\w+=,.@-]{2,32}))$/,
    },
  ],
  ['Service', { shownAs: 'SERVICE', pattern: /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/ }],
  [
    'Federated',
    {
      shownAs: 'FEDERATED',
      // API_CreateSAMLProvider, Name; API_CreateOpenIDConnectProvider, Url, without its https://.
      pattern:
        /^(arn:aws:iam::\d{12}:(saml-provider\/[\w.-]{1,128}|oidc-provider\/[\w-]+(\.[\w-]+)+(:\d+)?(\/[\w.~%-]+)*\/?)|cognito-identity\.amazonaws\.com|www\.amazon\.com|graph\.facebook\.com|accounts\.google\.com)$/,
    },
  ],
])

// The actions on a role ("Actions, resources, and condition keys for AWS Security Token Service",
// list_awssecuritytokenservice, in the Service Authorization Reference).
const roleActions = [
  ...['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'],
  ...['sts:SetContext', 'sts:SetSourceIdentity', 'sts:TagSession'],
]

/**
 * Whether a trust policy may name this action: one on a role, by name or by a pattern of STS's actions. IAM minds its
 * capitals here, and takes no bare `*` (seen; the guide does not say so).
 */
const isRoleAction = (pattern: string) =>
  pattern.startsWith('sts:') && roleActions.some((action) => globMatches(pattern, action))

function trustProblem(statement: Elements): string | undefined {
  const { Principal, NotPrincipal, Resource, NotResource, Action, NotAction } = statement
  // reference_policies_elements_notprincipal: neither with Allow nor in a role's trust policy at all.
  if (NotPrincipal !== undefined) return 'AssumeRole policy must not contain NotPrincipal field.'
  if (Principal === undefined) return 'Missing required field Principal'
  if (Resource !== undefined || NotResource !== undefined) return 'Has prohibited field Resource'
  if (!textsIn(Action ?? NotAction).every(isRoleAction)) {
    return 'AssumeRole policy may only specify STS AssumeRole actions.'
  }
  return Principal === '*' ? undefined : principalProblem(Principal)
}

function principalProblem(principal: unknown): string | undefined {
  if (!isObject(principal)) return syntax
  const named = Object.entries(principal)
  if (named.length === 0) return 'Missing required field Principal cannot be empty!'
  for (const [kind, names] of named) {
    const known = principals.get(kind)
    if (known === undefined) return `Invalid principal in policy: "${kind}"`
    // "Arrays can take one or more values."
    if (!isTexts(names) || textsIn(names).length === 0) return syntax
    const wrong = textsIn(names).find((name) => !known.pattern.test(name))
    if (wrong !== undefined) return `Invalid principal in policy: "${known.shownAs}":"${wrong}"`
  }
  return undefined
}

/** reference_policies_elements_sid: letters and digits, once in a document. An empty one counts as none. */
function sidProblem(statements: readonly unknown[]): string | undefined {
  const sids = statements.flatMap((statement) => (isObject(statement) ? [statement.Sid] : []))
  const given = sids.filter((sid) => sid !== undefined && sid !== '')
  if (given.some((sid) => typeof sid !== 'string')) return syntax
  if (given.some((sid) => !/^[0-9A-Za-z]*$/.test(String(sid)))) {
    return 'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*'
  }
  const once = new Set(given).size === given.length
  return once ? undefined : 'Statement IDs (SID) in a single policy must be unique.'
}

type Elements = Readonly<Record<string, unknown>>

/** Of an element and its negation, exactly one must be there, as a text or a list of texts. */
function oneOf(element: unknown, negation: unknown): 'right' | 'none' | 'wrong' {
  if (element !== undefined && negation !== undefined) return 'wrong'
  const value = element ?? negation
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none'
  return isTexts(value) ? 'right' : 'wrong'
}

const isObject = (value: unknown): value is Elements =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const hasOnly = (object: Elements, names: ReadonlySet<string>) =>
  Object.keys(object).every((name) => names.has(name))

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) ? value.every((item) => typeof item === 'string') : typeof value === 'string'

const textsIn = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string')
