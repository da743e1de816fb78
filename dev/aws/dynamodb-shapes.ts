// What the calls about tables of DynamoDB may hold. Sources: the pages of these calls, and of the structures in them,
// in the DynamoDB API Reference. What neither dynalite nor the local AWS knows is marked.

import { flag, list, needed, notHere, structure, text, whole } from './shapes.ts'

// A table's name or ARN. What a name may be, dynalite checks.
const table = text({ min: 1, max: 1024 })
const indexName = text({ min: 3, max: 255, pattern: /^[a-zA-Z0-9_.-]+$/ })
const attributeName = text({ min: 1, max: 255 })
const units = needed(whole({ min: 1 }))

const keySchema = list(
  structure({ AttributeName: needed(attributeName), KeyType: needed(text({ oneOf: ['HASH', 'RANGE'] })) }),
  { min: 1 },
)
const projection = structure({
  ProjectionType: text({ oneOf: ['ALL', 'KEYS_ONLY', 'INCLUDE'] }),
  NonKeyAttributes: list(attributeName, { min: 1, max: 20 }),
})
const provisioned = structure({ ReadCapacityUnits: units, WriteCapacityUnits: units })
const onDemand = notHere(structure({ MaxReadRequestUnits: whole(), MaxWriteRequestUnits: whole() }))
const warm = notHere(structure({ ReadUnitsPerSecond: whole(), WriteUnitsPerSecond: whole() }))
const newIndex = {
  IndexName: needed(indexName),
  KeySchema: needed(keySchema),
  Projection: needed(projection),
}
const capacity = { ProvisionedThroughput: provisioned, OnDemandThroughput: onDemand, WarmThroughput: warm }

/** What a table is made with, and may be changed to. */
const settings = {
  ...capacity,
  AttributeDefinitions: list(
    structure({
      AttributeName: needed(attributeName),
      AttributeType: needed(text({ oneOf: ['S', 'N', 'B'] })),
    }),
  ),
  BillingMode: text({ oneOf: ['PROVISIONED', 'PAY_PER_REQUEST'] }),
  StreamSpecification: notHere(
    structure({
      StreamEnabled: needed(flag),
      StreamViewType: text({ oneOf: ['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'] }),
    }),
  ),
  SSESpecification: structure({
    Enabled: flag,
    SSEType: text({ oneOf: ['AES256', 'KMS'] }),
    KMSMasterKeyId: notHere(text()),
  }),
  TableClass: notHere(text({ oneOf: ['STANDARD', 'STANDARD_INFREQUENT_ACCESS'] })),
  DeletionProtectionEnabled: flag,
  GlobalTableSettingsReplicationMode: notHere(
    text({ oneOf: ['ENABLED', 'DISABLED', 'ENABLED_WITH_OVERRIDES'] }),
  ),
}

export const createTableInput = structure({
  TableName: needed(table),
  ...settings,
  KeySchema: keySchema,
  LocalSecondaryIndexes: list(structure(newIndex)),
  GlobalSecondaryIndexes: list(structure({ ...newIndex, ...capacity })),
  Tags: notHere(
    list(structure({ Key: needed(text({ min: 1, max: 128 })), Value: needed(text({ max: 256 })) })),
  ),
  ResourcePolicy: notHere(text()),
  GlobalTableSourceArn: notHere(table),
})

const region = { RegionName: needed(text()) }
const replica = {
  ...region,
  KMSMasterKeyId: text(),
  ProvisionedThroughputOverride: structure({ ReadCapacityUnits: whole({ min: 1 }) }),
  OnDemandThroughputOverride: structure({ MaxReadRequestUnits: whole() }),
  TableClassOverride: text({ oneOf: ['STANDARD', 'STANDARD_INFREQUENT_ACCESS'] }),
  GlobalSecondaryIndexes: list(
    structure({
      IndexName: needed(indexName),
      ProvisionedThroughputOverride: structure({ ReadCapacityUnits: whole({ min: 1 }) }),
      OnDemandThroughputOverride: structure({ MaxReadRequestUnits: whole() }),
    }),
    { min: 1 },
  ),
}

export const updateTableInput = structure({
  TableName: needed(table),
  ...settings,
  GlobalSecondaryIndexUpdates: list(
    structure({
      Update: structure({ IndexName: needed(indexName), ...capacity }),
      Create: structure({ ...newIndex, ...capacity }),
      Delete: structure({ IndexName: needed(indexName) }),
    }),
  ),
  ReplicaUpdates: notHere(
    list(structure({ Create: structure(replica), Update: structure(replica), Delete: structure(region) }), {
      min: 1,
    }),
  ),
  MultiRegionConsistency: notHere(text({ oneOf: ['EVENTUAL', 'STRONG'] })),
  GlobalTableWitnessUpdates: notHere(
    list(structure({ Create: structure(region), Delete: structure(region) }), { min: 1, max: 1 }),
  ),
})

export const tableInput = structure({ TableName: needed(table) })

export const listTablesInput = structure({
  ExclusiveStartTableName: text({ min: 3, max: 255, pattern: /^[a-zA-Z0-9_.-]+$/ }),
  Limit: whole({ min: 1, max: 100 }),
})

export const updateTimeToLiveInput = structure({
  TableName: needed(table),
  TimeToLiveSpecification: needed(
    structure({ Enabled: needed(flag), AttributeName: needed(text({ min: 1, max: 255 })) }),
  ),
})

export const updateContinuousBackupsInput = structure({
  TableName: needed(table),
  PointInTimeRecoverySpecification: needed(
    structure({
      PointInTimeRecoveryEnabled: needed(flag),
      RecoveryPeriodInDays: whole({ min: 1, max: 35 }),
    }),
  ),
})

export const putResourcePolicyInput = structure({
  ResourceArn: needed(text({ min: 1, max: 1283 })),
  Policy: needed(text()),
  ExpectedRevisionId: notHere(text({ min: 1, max: 255 })),
  ConfirmRemoveSelfResourceAccess: notHere(flag),
})
