// The tables of DynamoDB that documents lie in, under the reference's names: what they are to be, what one lacks, and
// how it gets that. Each step can be taken again after a run that broke off: it is found out anew what is missing.

import type { DynamoDb, NewTable, TableFacts, TableIndex } from '../../aws/index.ts'
import { printable, SentinelError } from '../../base/index.ts'
import type { Machine } from '../../machine/index.ts'
import type { CollectionName } from '../docs.ts'

/** Rows are swept by this attribute. */
const ttlAttribute = 'ttl'

const byTime = (name: string, partition: string): TableIndex => ({ name, partition, sort: 'created_at' })

const indexes: Readonly<Record<CollectionName, readonly TableIndex[]>> = {
  requests: [
    byTime('gsi-requester', 'requester'),
    byTime('gsi-status', 'status'),
    byTime('gsi-profile', 'profile'),
  ],
  breakglass: [
    byTime('gsi-invoker', 'invoker'),
    byTime('gsi-status', 'status'),
    byTime('gsi-profile', 'profile'),
  ],
  sessions: [
    byTime('gsi-user', 'user'),
    byTime('gsi-status', 'status'),
    byTime('gsi-profile', 'profile'),
    { name: 'gsi-server-instance', partition: 'server_instance_id', sort: 'status' },
  ],
}

/** The table for documents of a collection. */
export const docsTable = (collection: CollectionName, name: string): NewTable => ({
  name,
  partition: 'id',
  indexes: indexes[collection],
})

/** Something that a table lacks. `create` makes it with its indexes, protected from deletion and encrypted. */
export type TableStep =
  | { readonly kind: 'create' }
  | { readonly kind: 'index'; readonly index: TableIndex }
  | { readonly kind: 'protection' | 'encryption' | 'ttl' | 'recovery' }

/**
 * The steps from what there is to what is to be, in their order; none where nothing is missing.
 *
 * @throws SentinelError STORE_UNAVAILABLE for a table that is kept by other keys: it is somebody else's
 */
export async function tableSteps(db: DynamoDb, table: NewTable): Promise<readonly TableStep[]> {
  const found = await db.describeTable(table.name)
  if (found === undefined) return [{ kind: 'create' }, { kind: 'ttl' }, { kind: 'recovery' }]
  requireSameKeys(table, found)
  const there = new Set(found.indexes.map(({ name }) => name))
  return [
    ...table.indexes
      .filter(({ name }) => !there.has(name))
      .map((index): TableStep => ({ kind: 'index', index })),
    ...(found.protectedFromDeletion ? [] : ([{ kind: 'protection' }] as const)),
    ...(found.encrypted ? [] : ([{ kind: 'encryption' }] as const)),
    ...((await isSweptRightly(db, table)) ? [] : ([{ kind: 'ttl' }] as const)),
    ...((await db.pointInTimeRecovery(table.name)) ? [] : ([{ kind: 'recovery' }] as const)),
  ]
}

/** The IAM action that a step needs. */
export function actionOf({ kind }: TableStep): string {
  return {
    create: 'dynamodb:CreateTable',
    index: 'dynamodb:UpdateTable',
    protection: 'dynamodb:UpdateTable',
    encryption: 'dynamodb:UpdateTable',
    ttl: 'dynamodb:UpdateTimeToLive',
    recovery: 'dynamodb:UpdateContinuousBackups',
  }[kind]
}

type Deps = Pick<Machine, 'clock' | 'wait'> & { readonly db: DynamoDb }

/** Whether DynamoDB says of a step that was taken that it holds. */
export type StepEnd = 'holds' | 'not confirmed'

/**
 * Takes one step, and returns when the table is ready for the next. What was asked for and accepted need not hold: it is
 * looked at again, for half a minute at most.
 *
 * @throws SentinelError STORE_UNAVAILABLE when the table is not ready after five minutes
 */
export async function takeStep(deps: Deps, table: NewTable, step: TableStep): Promise<StepEnd> {
  const { db } = deps
  const { name } = table
  if (step.kind === 'create') await db.createTable(table)
  else await whileBusy(deps, name, () => change(db, name, step))
  await whileBusy(deps, name, async () => {
    const found = await db.describeTable(name)
    const isReady = found?.status === 'ACTIVE' && found.indexes.every(({ status }) => status === 'ACTIVE')
    return isReady ? 'done' : 'busy'
  })
  for (const pauseMs of confirmPausesMs) {
    if (await holds(db, table, step)) return 'holds'
    await deps.wait.pause(pauseMs)
  }
  return (await holds(db, table, step)) ? 'holds' : 'not confirmed'
}

// DescribeTable is eventually consistent (API_DescribeTable).
const confirmPausesMs = [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000]

/** Whether a table has what a step gives it. */
async function holds(db: DynamoDb, table: NewTable, step: TableStep): Promise<boolean> {
  const { name } = table
  if (step.kind === 'ttl') return (await db.timeToLive(name)) === ttlAttribute
  if (step.kind === 'recovery') return db.pointInTimeRecovery(name)
  const found = await db.describeTable(name)
  if (found === undefined) return false
  const has = (index: TableIndex) => found.indexes.some((each) => each.name === index.name)
  switch (step.kind) {
    case 'index':
      return has(step.index)
    case 'protection':
      return found.protectedFromDeletion
    case 'encryption':
      return found.encrypted
    case 'create':
      return found.protectedFromDeletion && found.encrypted && table.indexes.every(has)
  }
}

async function change(
  db: DynamoDb,
  name: string,
  step: Exclude<TableStep, { kind: 'create' }>,
): Promise<'done' | 'busy'> {
  try {
    if (step.kind === 'index') await db.addIndex(name, step.index)
    else if (step.kind === 'protection') await db.protectTable(name)
    else if (step.kind === 'encryption') await db.encryptTable(name)
    else if (step.kind === 'ttl') await db.switchTimeToLiveOn(name, ttlAttribute)
    else await db.switchRecoveryOn(name)
    return 'done'
  } catch (thrown) {
    // A new table has no backups for a moment, and one that is changed takes no other change.
    if (thrown instanceof SentinelError && ['STORE_THROTTLED', 'STORE_CONFLICT'].includes(thrown.code))
      return 'busy'
    throw thrown
  }
}

const [firstPauseMs, longestPauseMs, patienceMs] = [250, 30_000, 300_000]

async function whileBusy(
  { clock, wait }: Deps,
  name: string,
  attempt: () => Promise<'done' | 'busy'>,
): Promise<void> {
  const endMs = clock.now() + patienceMs
  for (
    let pauseMs = firstPauseMs;
    (await attempt()) === 'busy';
    pauseMs = Math.min(2 * pauseMs, longestPauseMs)
  ) {
    if (clock.now() >= endMs) {
      throw new SentinelError(
        'STORE_UNAVAILABLE',
        `the table \`${printable(name)}\` is not ready after 5 minutes`,
        {
          hint: 'look at it in the console of DynamoDB, and run the command again: it goes on from there',
        },
      )
    }
    await wait.pause(pauseMs)
  }
}

function requireSameKeys(table: NewTable, found: TableFacts): void {
  const own = (what: string) =>
    new SentinelError(
      'STORE_UNAVAILABLE',
      `${what} of the table \`${printable(table.name)}\` is not as sentinel makes it`,
      {
        hint: 'choose another name with --table, or delete what is in the way',
      },
    )
  if (found.partition !== table.partition || found.sort !== table.sort) throw own('the key')
  for (const index of table.indexes) {
    const same = found.indexes.find(({ name }) => name === index.name)
    if (same === undefined) continue
    const isSame = same.partition === index.partition && same.sort === index.sort && same.whole
    if (!isSame) throw own(`the index \`${index.name}\``)
  }
}

async function isSweptRightly(db: DynamoDb, { name }: NewTable): Promise<boolean> {
  const attribute = await db.timeToLive(name)
  if (attribute === undefined || attribute === ttlAttribute) return attribute === ttlAttribute
  throw new SentinelError(
    'STORE_UNAVAILABLE',
    `rows of the table \`${printable(name)}\` are swept by \`${printable(attribute)}\`, not by \`${ttlAttribute}\``,
    { hint: `switch its time to live off, wait an hour as AWS demands, and run the command again` },
  )
}
