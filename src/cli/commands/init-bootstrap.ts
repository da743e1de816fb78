// `init bootstrap`: a policy parameter for each profile, with a policy that works at once. It never overwrites one.
// Each parameter that it puts walks through the corridor as administration: recorded before and after.

import type { DecisionLog } from '../../audit/index.ts'
import { type ErrorCode, SentinelError, visibleJson } from '../../base/index.ts'
import {
  type PlannedParameter,
  policyAccessDocuments,
  policyParameterName,
  starterPolicy,
} from '../../iam/index.ts'
import { recorded } from '../administration.ts'
import { command } from '../command.ts'
import { type GatewayDeps, openGateway } from '../gateway-deps.ts'
import { type PolicyStore, policyStore } from '../policy-store.ts'
import { type OpenProfile, openProfile } from '../profile.ts'
import { reachAws } from '../reach.ts'
import { confirm } from '../terminal.ts'
import { openWays, type Ways } from '../ways.ts'
import { awsFlags, logFileFlag, policyRootFlag } from './shared.ts'

type Plan = {
  readonly root: string
  readonly region: string
  readonly profiles: readonly string[]
  readonly parameters: readonly PlannedParameter[]
  readonly documents: ReturnType<typeof policyAccessDocuments> | undefined
}

type Failed = {
  readonly name: string
  readonly error: string
  readonly code: ErrorCode
  readonly hint: string | undefined
}

type Applied = {
  readonly created: readonly string[]
  readonly updated: readonly string[]
  readonly skipped: readonly string[]
  readonly failed: readonly Failed[]
}

export const initBootstrap = command({
  name: 'init bootstrap',
  summary: 'Put a first access policy into SSM for each profile',
  description: [
    'The policy lets you use the profile and asks everybody else for approval. Parameters that exist are left alone.',
  ],
  examples: [
    'sentinel init bootstrap --aws-profile dev --profile dev --plan',
    'sentinel init bootstrap --aws-profile dev --profile dev',
    'sentinel init bootstrap --profile dev --profile staging --yes --json',
  ],
  flags: {
    profile: { type: 'list', placeholder: 'name', help: 'profile that gets a policy' },
    plan: { type: 'boolean', help: 'show what would be done, and do nothing' },
    yes: { type: 'boolean', short: 'y', help: 'do not ask' },
    ...policyRootFlag,
    description: { type: 'string', placeholder: 'text', help: 'description of the parameters' },
    generateIamPolicies: {
      type: 'boolean',
      help: 'show IAM documents for readers and administrators of policies',
    },
    json: { type: 'boolean', help: 'print JSON for a program to read' },
    ...awsFlags,
    ...logFileFlag('decision log (default: in the state folder)'),
  },
  async run(plain, values) {
    const deps = openGateway(plain)
    const [first] = values.profile
    if (first === undefined) {
      throw new SentinelError('USAGE', '`--profile` is required', {
        hint: 'name the profile that gets a policy',
      })
    }
    const aws = await openAws(deps, first, values)
    const plan = await planned(aws, values)
    if (values.plan || !values.json) deps.io.stdout.write(values.json ? planAsJson(plan) : planAsText(plan))
    if (values.plan) return 0
    const missing = plan.parameters.flatMap(({ name, state }) => (state === 'create' ? [name] : []))
    if (missing.length > 0 && !values.yes) await agreed(deps, missing)
    const applied = await apply(deps, aws, plan, values)
    deps.io.stdout.write(values.json ? appliedAsJson(plan, applied) : appliedAsText(applied))
    if (!values.json) refuseHalf(applied)
    return applied.failed.length === 0 ? 0 : 1
  },
})

/** What the command line says about AWS and the record. */
type AwsValues = {
  readonly profile: readonly string[]
  readonly awsProfile: string | undefined
  readonly region: string | undefined
  readonly insecureEndpoint: boolean
  readonly logFile: string | undefined
}

/** The parts of one run. */
type Aws = {
  /** Every profile that gets a policy: its owner is whom the policy names (decision 9). */
  readonly owners: ReadonlyMap<string, OpenProfile>
  readonly first: OpenProfile
  /** The profile that SSM is reached with. */
  readonly means: OpenProfile
  readonly store: PolicyStore
  /** One id for the whole run: the one that such a role's session is stamped with. */
  readonly requestId: string
  readonly log: DecisionLog
  readonly ways: Ways
}

async function openAws(deps: GatewayDeps, first: string, values: AwsValues): Promise<Aws> {
  const { awsProfile, region, insecureEndpoint, logFile } = values
  const ways = openWays(deps)
  const open = (profile: string) => openProfile(deps, { profile, region, insecureEndpoint }, ways)
  const own = await open(first)
  const owners = new Map([[first, own]])
  for (const profile of values.profile) if (!owners.has(profile)) owners.set(profile, await open(profile))
  const requestId = deps.newRequestId()
  const log = deps.openLog({ logFile, logStderr: false })
  const choice = { profile: first, awsProfile, region, insecureEndpoint }
  const reach = await reachAws(deps, choice, own, { log, requestId, ways })
  return { owners, first: own, requestId, log, ways, means: reach.means, store: policyStore(deps, reach) }
}

type PlanValues = { readonly policyRoot: string; readonly generateIamPolicies: boolean }

async function planned(aws: Aws, { policyRoot, generateIamPolicies }: PlanValues): Promise<Plan> {
  const profiles = [...aws.owners.keys()]
  const names = profiles.map((profile) => ({ profile, name: policyParameterName(policyRoot, profile) }))
  const parameters: PlannedParameter[] = []
  for (const each of names)
    parameters.push({ type: 'ssm_parameter', ...each, ...(await standing(aws, each.name)) })
  const documents = generateIamPolicies ? policyAccessDocuments(policyRoot) : undefined
  return { root: policyRoot, region: aws.means.region, profiles, parameters, documents }
}

async function standing(
  { store }: Aws,
  name: string,
): Promise<Pick<PlannedParameter, 'state' | 'currentVersion'>> {
  try {
    return { state: 'exists', currentVersion: (await store.get(name)).version }
  } catch (thrown) {
    if (thrown instanceof SentinelError && thrown.code === 'SSM_PARAMETER_NOT_FOUND')
      return { state: 'create' }
    throw thrown
  }
}

async function agreed(deps: GatewayDeps, names: readonly string[]): Promise<void> {
  const question = `Create ${names.join(', ')}?`
  if (await confirm(deps.io, question, { instead: 'answer beforehand with --yes' })) return
  throw new SentinelError('CANCELLED', 'nothing was created')
}

/** What was not created is an error like any other, after the account of what was. */
function refuseHalf({ failed: [first, ...more] }: Applied): void {
  if (first === undefined) return
  const others = more.length === 0 ? '' : `, and ${more.length} more`
  throw new SentinelError(first.code, `\`${first.name}\` was not created${others}: ${first.error}`, {
    hint: first.hint,
  })
}

async function apply(
  deps: GatewayDeps,
  aws: Aws,
  { parameters }: Plan,
  { description }: { readonly description: string | undefined },
): Promise<Applied> {
  const created: string[] = []
  const failed: Failed[] = []
  for (const { name, profile, state } of parameters) {
    if (state === 'exists') continue
    const owner = aws.owners.get(profile) ?? aws.first
    try {
      await recorded(deps, { ...aws, owner }, { action: 'ssm:PutParameter', resource: name }, async () => {
        const value = starterPolicy(profile, (await owner.caller()).user)
        await aws.store.put({
          name,
          value,
          description: description ?? `Sentinel access policy of ${profile}`,
        })
      })
      created.push(name)
    } catch (thrown) {
      if (!(thrown instanceof SentinelError) || thrown.code.startsWith('LOG_')) throw thrown
      const { message: error, code, hint } = thrown
      failed.push({ name, error, code, hint })
    }
  }
  const skipped = parameters.flatMap(({ name, state }) => (state === 'exists' ? [name] : []))
  return { created, updated: [], skipped, failed }
}

function planAsText({ root, region, parameters, documents }: Plan): string {
  const rows = parameters.map(({ name, state, currentVersion }) => {
    const what = state === 'create' ? 'create' : `exists, v${currentVersion}`
    return `  ${state === 'create' ? '+' : '='} ${name.padEnd(35)} (SSM Parameter - ${what})`
  })
  const iam = Object.entries(documents ?? {}).flatMap(([name, document]) => [
    '',
    `${name}:`,
    visibleJson(document, 2),
  ])
  const { to_create, to_skip } = planSummary(parameters)
  return [
    'Bootstrap Plan',
    '==============',
    `Policy Root: ${root}`,
    `Region: ${region}`,
    '',
    'Resources:',
    ...rows,
    ...iam,
    '',
    `Summary: ${to_create} to create, 0 to update, ${to_skip} existing`,
    '',
  ].join('\n')
}

function planSummary(parameters: readonly PlannedParameter[]) {
  const to_create = parameters.filter(({ state }) => state === 'create').length
  return { to_create, to_update: 0, to_skip: parameters.length - to_create, total: parameters.length }
}

// Nothing of the time or the run is in it, so that two plans of the same are the same.
function planAsJson({ root, region, profiles, parameters, documents }: Plan): string {
  const document = {
    config: { policy_root: root, profiles: profiles.map((name) => ({ name })), region },
    resources: parameters.map(({ type, name, state, currentVersion }) => ({
      type,
      name,
      state,
      current_version: currentVersion,
    })),
    iam_policies: documents,
    summary: planSummary(parameters),
  }
  return `${visibleJson(document, 2)}\n`
}

function appliedAsText({ created, skipped, failed }: Applied): string {
  if (created.length + failed.length === 0) return '\nNothing to do: every parameter exists.\n'
  const lines = [
    ...created.map((name) => `  + ${name}`),
    ...skipped.map((name) => `  = ${name}`),
    ...failed.map(({ name, error, code }) => `  X ${name}: ${error} [${code}]`),
  ]
  const counts = `${created.length} created, ${skipped.length} existing, ${failed.length} failed`
  return `\n${failed.length === 0 ? 'Apply complete' : 'Apply incomplete'}: ${counts}\n${lines.join('\n')}\n`
}

function appliedAsJson({ parameters, documents }: Plan, applied: Applied): string {
  return `${visibleJson({ ...applied, iam_policies: documents, summary: planSummary(parameters) }, 2)}\n`
}
