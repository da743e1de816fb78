// What DynamoDB refuses of a table's settings beyond their form, and dynalite does not. Sources: API_SSESpecification and
// API_UpdateTable in the DynamoDB API Reference.

import type { Call } from './service.ts'
import { AwsError, structureOf, structuresOf, textOf } from './wire.ts'

/** API_SSESpecification, SSEType: AES256 is a value of the type, and is not supported. */
export function checkEncryption({ params }: Call): void {
  if (textOf(structureOf(params, 'SSESpecification') ?? {}, 'SSEType') !== 'AES256') return
  throw new AwsError(
    'ValidationException',
    'One or more parameter values were invalid: Unsupported SSEType AES256. The only supported value is: KMS',
  )
}

/** API_UpdateTable: throughput of the table, one index less, or one index more; one of these at once. */
export function checkOneChange({ action, params }: Call): void {
  if (action !== 'UpdateTable') return
  const updates = structuresOf(params, 'GlobalSecondaryIndexUpdates')
  const indexes = updates.filter(({ Create, Delete }) => Create !== undefined || Delete !== undefined).length
  if (indexes > 1) {
    throw new AwsError(
      'LimitExceededException',
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    )
  }
  if (indexes === 1 && params.ProvisionedThroughput !== undefined) {
    throw new AwsError(
      'ValidationException',
      'You can only perform one of the following operations at once: Modify the provisioned throughput settings of the table. Remove a global secondary index from the table. Create a new global secondary index on the table.',
    )
  }
}
