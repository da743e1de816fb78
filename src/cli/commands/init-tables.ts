// `init approvals`, `init breakglass`, `init sessions`: the table of DynamoDB that each is kept in. What is missing is
// found out first, so the same command makes a table, mends one that a broken run left, and says that nothing is to be
// done. Each change walks through the corridor as administration.

import { connectionTo, type DynamoDb, type NewTable, openDynamoDb } from '../../aws/index.ts'
import { type ErrorCode, SentinelError, visibleJson } from '../../base/index.ts'
import { tableAccessDocuments } from '../../iam/index.ts'
import {
  actionOf,
  type CollectionName,
  docsTable,
  type StepEnd,
  type TableStep,
  tableSteps,
  takeStep,
} from '../../store/index.ts'
import { recorded } from '../administration.ts'
import { command } from '../command.ts'
import { type GatewayDeps, openGateway } from '../gateway-deps.ts'
import { isTableName, localTable } from '../place.ts'
import { openProfile } from '../profile.ts'
import { roleReach } from '../reach.ts'
import { confirm } from '../terminal.ts'
import { openWays } from '../ways.ts'
import { awsFlags, logFileFlag } from './shared.ts'

/** What the three commands differ in. */
type Purpose = {
  readonly name: string
  readonly collection: CollectionName
  readonly table: string
  /** In the names of IAM documents. */
  readonly kind: string
  readonly what: string
  /** The variable that names the table to the other commands. */
  readonly variable: string
}

export const initApprovals = tableCommand({
  name: 'approvals',
  collection: 'requests',
  table: 'sentinel-requests',
  kind: 'Approval',
  what: 'requests for approval',
  variable: 'SENTINEL_REQUEST_TABLE',
})

export const initBreakglass = tableCommand({
  name: 'breakglass',
  collection: 'breakglass',
  table: 'sentinel-breakglass',
  kind: 'BreakGlass',
  what: 'break-glass events',
  variable: 'SENTINEL_BREAKGLASS_TABLE',
})

export const initSessions = tableCommand({
  name: 'sessions',
  collection: 'sessions',
  table: 'sentinel-sessions',
  kind: 'Session',
  what: 'sessions of server mode',
  variable: 'SENTINEL_SESSION_TABLE',
})

function tableCommand(purpose: Purpose) {
  const { name, what } = purpose
  return command({
    name: `init ${name}`,
    summary: `Make the DynamoDB table for ${what}, or mend it`,
    description: [
      'What is there already is left alone; what is missing (an index, time to live, recovery, protection) is added.',
      'Made with the credentials of --aws-profile, its role included; without it, of AWS_PROFILE or `default`.',
    ],
    examples: [
      `sentinel init ${name} --region eu-central-1 --plan`,
      `sentinel init ${name} --aws-profile dev --yes`,
      `sentinel init ${name} --generate-iam`,
    ],
    flags: {
      table: { type: 'string', default: purpose.table, placeholder: 'name', help: 'name of the table' },
      plan: { type: 'boolean', help: 'show what would be done, and do nothing' },
      yes: { type: 'boolean', short: 'y', help: 'do not ask' },
      generateIam: { type: 'boolean', help: 'print the IAM documents for the table, and do nothing' },
      json: { type: 'boolean', help: 'print JSON for a program to read' },
      ...awsFlags,
      ...logFileFlag('decision log (default: in the state folder)'),
    },
    async run(plain, values) {
      requireTableName(values.table)
      if (values.generateIam) {
        plain.io.stdout.write(documentsAsText(tableAccessDocuments(purpose.kind, values.table)))
        return 0
      }
      const deps = openGateway(plain)
      const made = await openWork(deps, purpose, values)
      try {
        return await work(deps, made, values)
      } finally {
        made.db.close()
      }
    },
  })
}

type Values = {
  readonly table: string
  readonly plan: boolean
  readonly yes: boolean
  readonly json: boolean
  readonly awsProfile: string | undefined
  readonly region: string | undefined
  readonly insecureEndpoint: boolean
  readonly logFile: string | undefined
}

/** The parts of one run. */
type Work = {
  readonly purpose: Purpose
  readonly table: NewTable
  readonly region: string
  readonly db: DynamoDb
  readonly steps: readonly TableStep[]
  change(step: TableStep): Promise<StepEnd>
}

type Done = {
  readonly steps: readonly TableStep[]
  /** What DynamoDB accepted, and does not say that it holds. */
  readonly unconfirmed: readonly TableStep[]
  readonly failed: Failed | undefined
}
type Failed = {
  readonly step: TableStep
  readonly error: string
  readonly code: ErrorCode
  readonly hint?: string | undefined
}

async function openWork(deps: GatewayDeps, purpose: Purpose, values: Values): Promise<Work> {
  const { region, insecureEndpoint, logFile } = values
  const profile = values.awsProfile ?? (deps.io.env.AWS_PROFILE || 'default')
  const ways = openWays(deps)
  const owner = await openProfile(deps, { profile, region, insecureEndpoint }, ways)
  const record = { log: deps.openLog({ logFile, logStderr: false }), requestId: deps.newRequestId(), ways }
  const reach = roleReach(deps, owner, owner, record)
  const db = await openDynamoDb(
    {
      clock: deps.clock,
      signal: deps.signal(),
      timeoutMs: 30_000,
      credentials: reach.credentials,
      pause: deps.machine.wait.pause,
    },
    connectionTo('dynamodb', owner.recipe.settings),
  )
  const table = docsTable(purpose.collection, values.table)
  return {
    purpose,
    table,
    region: owner.region,
    db,
    steps: await tableSteps(db, table),
    change: (step) =>
      recorded(deps, { ...record, owner }, { action: actionOf(step), resource: table.name }, () =>
        takeStep({ ...deps.machine, db }, table, step),
      ),
  }
}

async function work(deps: GatewayDeps, made: Work, values: Values): Promise<number> {
  const { stdout } = deps.io
  if (values.plan || !values.json) stdout.write(values.json ? planAsJson(made) : planAsText(made))
  if (values.plan) return 0
  if (made.steps.length > 0 && !values.yes) await agreed(deps, made)
  const done = await takeAll(made, (step, mark) => {
    if (!values.json) stdout.write(`  ${mark} ${wordsOf(step)}\n`)
  })
  if (values.json) {
    stdout.write(doneAsJson(made, done))
    return done.failed === undefined && done.unconfirmed.length === 0 ? 0 : 1
  }
  if (done.failed !== undefined) {
    const { code, error, hint } = done.failed
    throw new SentinelError(code, `the table \`${made.table.name}\` is not finished: ${error}`, { hint })
  }
  refuseUnconfirmed(made, done)
  stdout.write(endAsText(made))
  return 0
}

/** A table of which nobody knows whether it is kept as it should be is not one to rely on. */
function refuseUnconfirmed({ table }: Work, { unconfirmed }: Done): void {
  if (unconfirmed.length === 0) return
  const what = unconfirmed.map(wordsOf).join('; ')
  throw new SentinelError(
    'STORE_UNAVAILABLE',
    `the table \`${table.name}\` is not finished: DynamoDB took this, and does not say that it holds: ${what}`,
    { hint: "look at it in the console of DynamoDB; an endpoint that is not AWS's may not have it at all" },
  )
}

/** A step that fails ends it: those behind it need it, or would fail alike. */
async function takeAll(
  { steps, change }: Work,
  say: (step: TableStep, mark: '#' | '?' | 'X') => void,
): Promise<Done> {
  const done: TableStep[] = []
  const unconfirmed: TableStep[] = []
  for (const step of steps) {
    try {
      const isDone = (await change(step)) === 'holds'
      ;(isDone ? done : unconfirmed).push(step)
      say(step, isDone ? '#' : '?')
    } catch (thrown) {
      if (!(thrown instanceof SentinelError) || thrown.code.startsWith('LOG_')) throw thrown
      say(step, 'X')
      const { message: error, code, hint } = thrown
      return { steps: done, unconfirmed, failed: { step, error, code, hint } }
    }
  }
  return { steps: done, unconfirmed, failed: undefined }
}

function requireTableName(table: string): void {
  if (table === localTable) {
    throw new SentinelError('USAGE', '`local` is the store of this machine, which needs no table', {
      hint: 'name it to the other commands as it is: it is made when it is used first',
    })
  }
  if (!isTableName(table)) {
    throw new SentinelError('USAGE', 'a table has a name of 3 to 255 letters, digits, `_`, `-` and `.`')
  }
}

async function agreed(deps: GatewayDeps, { table, steps }: Work): Promise<void> {
  const verb = steps[0]?.kind === 'create' ? 'Create' : 'Mend'
  if (await confirm(deps.io, `${verb} ${table.name}?`, { instead: 'answer beforehand with --yes' })) return
  throw new SentinelError('CANCELLED', 'nothing was changed')
}

function wordsOf(step: TableStep): string {
  if (step.kind === 'index') return `add the index ${step.index.name}`
  return {
    create: 'create the table, with its indexes, deletion protection and encryption',
    protection: 'protect the table from deletion',
    encryption: 'encrypt the table with the key that AWS keeps for DynamoDB',
    ttl: 'sweep rows by the attribute ttl, long after they are over',
    recovery: 'keep backups for recovery to any second of the last 35 days',
  }[step.kind]
}

function planAsText({ purpose, table, region, steps }: Work): string {
  const indexes = table.indexes.map(({ name, partition, sort }) => `  ${name} (${partition}, ${sort})`)
  const lines = steps.map((step) => `  + ${wordsOf(step)}`)
  return [
    `Table for ${purpose.what}`,
    `Name: ${table.name}`,
    `Region: ${region}`,
    'Billing: by request',
    `Key: ${table.partition}`,
    'Indexes:',
    ...indexes,
    '',
    ...(steps.length === 0 ? ['  = it exists and lacks nothing'] : ['To be done:', ...lines]),
    '',
    '',
  ].join('\n')
}

function endAsText({ purpose, table, steps }: Work): string {
  const said = steps.length === 0 ? 'Nothing to do.' : `The table ${table.name} is ready.`
  return `${steps.length === 0 ? '' : '\n'}${said}\n\nNext:\n  export ${purpose.variable}=${table.name}\n  sentinel init ${purpose.name} --generate-iam --table ${table.name}\n`
}

const stepAsJson = (step: TableStep) => ({
  step: step.kind,
  ...(step.kind === 'index' ? { index: step.index.name } : {}),
  action: actionOf(step),
})

const tableAsJson = ({ purpose, table, region }: Work) => ({
  table: table.name,
  purpose: purpose.name,
  region,
  indexes: table.indexes.map(({ name, partition, sort }) => ({
    name,
    partition_key: partition,
    sort_key: sort,
  })),
})

// Nothing of the time or the run is in it, so that two plans of the same are the same.
function planAsJson(made: Work): string {
  return `${visibleJson({ ...tableAsJson(made), to_do: made.steps.map(stepAsJson) }, 2)}\n`
}

function doneAsJson(made: Work, { steps, unconfirmed, failed }: Done): string {
  const failure =
    failed === undefined
      ? []
      : [{ ...stepAsJson(failed.step), error: failed.error, code: failed.code, hint: failed.hint }]
  const document = {
    ...tableAsJson(made),
    done: steps.map(stepAsJson),
    unconfirmed: unconfirmed.map(stepAsJson),
    failed: failure,
    environment: { [made.purpose.variable]: made.table.name },
  }
  return `${visibleJson(document, 2)}\n`
}

const documentsAsText = (documents: object) => `${visibleJson(documents, 2)}\n`
