// `init bootstrap`: a policy parameter for each profile, with a policy that works at once. It never overwrites one.
// Each parameter that it puts walks through the corridor as administration: recorded before and after.

import { SentinelError, toTimestamp } from '../../base/index.ts'
import { passAdministration } from '../../gateway/index.ts'
import {
  type PlannedParameter,
  policyAccessDocuments,
  policyParameterName,
  starterPolicy,
} from '../../iam/index.ts'
import { command } from '../command.ts'
import type { Deps } from '../deps.ts'
import { type OpenProfile, openProfile, type PolicyStore, policyStore } from '../profile.ts'
import { confirm } from '../terminal.ts'
import { awsFlags, logFileFlag, policyRootFlag } from './shared.ts'

type Plan = {
  readonly root: string
  readonly region: string
  readonly profiles: readonly string[]
  readonly parameters: readonly PlannedParameter[]
  readonly documents: ReturnType<typeof policyAccessDocuments> | undefined
}

type Applied = {
  readonly created: readonly string[]
  readonly updated: readonly string[]
  readonly skipped: readonly string[]
  readonly failed: readonly { readonly name: string; readonly error: string; readonly code: string }[]
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
  async run(deps, values) {
    const [first] = values.profile
    if (first === undefined) {
      throw new SentinelError('USAGE', '`--profile` is required', {
        hint: 'name the profile that gets a policy',
      })
    }
    const aws = openAws(deps, first, values)
    const plan = await planned(aws, values)
    if (values.plan || !values.json)
      deps.io.stdout.write(values.json ? planAsJson(deps, plan) : planAsText(plan))
    const missing = plan.parameters.filter(({ state }) => state === 'create')
    if (values.plan) return 0
    if (missing.length > 0 && !values.yes) await agreed(deps, missing.length)
    const applied = await apply(deps, aws, plan, values)
    deps.io.stdout.write(values.json ? appliedAsJson(plan, applied) : appliedAsText(applied))
    return applied.failed.length === 0 ? 0 : 1
  },
})

/** The profile that is asked for its name, and SSM as reached for the parameters. */
type Aws = { readonly profile: OpenProfile; readonly store: PolicyStore }

type AwsValues = {
  readonly awsProfile: string | undefined
  readonly region: string | undefined
  readonly insecureEndpoint: boolean
}

// The first profile's own base credentials reach SSM, or another profile's, with its role.
function openAws(deps: Deps, first: string, { awsProfile = first, ...values }: AwsValues): Aws {
  const profile = openProfile(deps, { ...values, profile: awsProfile })
  if (awsProfile === first) return { profile, store: policyStore(deps, { kind: 'base', profile }) }
  return { profile, store: policyStore(deps, { kind: 'other', profile, requestId: deps.newRequestId() }) }
}

async function planned(aws: Aws, { profile, policyRoot, generateIamPolicies }: PlanValues): Promise<Plan> {
  const profiles = [...new Set(profile)]
  const parameters: PlannedParameter[] = []
  for (const each of profiles) {
    const name = policyParameterName(policyRoot, each)
    parameters.push({ type: 'ssm_parameter', name, profile: each, ...(await standing(aws, name)) })
  }
  const documents = generateIamPolicies ? policyAccessDocuments(policyRoot) : undefined
  return { root: policyRoot, region: aws.profile.region, profiles, parameters, documents }
}

type PlanValues = {
  readonly profile: readonly string[]
  readonly policyRoot: string
  readonly generateIamPolicies: boolean
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

async function agreed(deps: Deps, count: number): Promise<void> {
  const what = count === 1 ? 'this parameter' : `these ${count} parameters`
  if (await confirm(deps.io, `Create ${what}?`, { instead: 'answer beforehand with --yes' })) return
  throw new SentinelError('CANCELLED', 'nothing was created')
}

async function apply(
  deps: Deps,
  { profile: owner, store }: Aws,
  { parameters }: Plan,
  {
    description,
    logFile,
  }: { readonly description: string | undefined; readonly logFile: string | undefined },
): Promise<Applied> {
  const log = deps.openLog({ logFile, logStderr: false })
  const created: string[] = []
  const failed: { name: string; error: string; code: string }[] = []
  for (const { name, profile, state } of parameters) {
    if (state === 'exists') continue
    const request = { requestId: deps.newRequestId(), action: 'ssm:PutParameter', resource: name }
    const change = async () => {
      const value = starterPolicy(profile, (await owner.caller()).user)
      await store.put({ name, value, description: description ?? `Sentinel access policy of ${profile}` })
    }
    const circumstances = () => ({ ...deps.circumstances(), ...owner.circumstances })
    try {
      await passAdministration({ log, circumstances, caller: owner.caller, change }, request, deps.signal)
      created.push(name)
    } catch (thrown) {
      if (!(thrown instanceof SentinelError) || thrown.code.startsWith('LOG_')) throw thrown
      failed.push({ name, error: thrown.message, code: thrown.code })
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
    JSON.stringify(document, null, 2),
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

function planAsJson(deps: Deps, { root, region, profiles, parameters, documents }: Plan): string {
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
    generated_at: toTimestamp(deps.clock.now()),
  }
  return `${JSON.stringify(document, null, 2)}\n`
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

function appliedAsJson({ parameters }: Plan, applied: Applied): string {
  return `${JSON.stringify({ ...applied, summary: planSummary(parameters) }, null, 2)}\n`
}
