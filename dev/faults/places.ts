// Where state can lie, and what is kept there.

/**
 * Where a journey's state lies: in the DynamoDB of the local AWS (dynalite), in Amazon's own DynamoDB Local, or in this
 * machine's LMDB. What is counted and struck is every call of AWS in the first, every call of DynamoDB in the second,
 * every operation of the database in the third.
 */
export const places = ['AWS', 'DynamoDB Local', 'LMDB'] as const
export type Place = (typeof places)[number]

/** A kind of state, and the commands and the variable that know its table. */
export type Kept = {
  readonly variable: string
  readonly table: string
  readonly init: string
  /** Lists everything that is stored. */
  readonly list: string
  /** Shows one of them. */
  readonly show: string
}

export const requests: Kept = {
  variable: 'SENTINEL_REQUEST_TABLE',
  table: 'sentinel-requests',
  init: 'approvals',
  list: 'list',
  show: 'check',
}
export const events: Kept = {
  variable: 'SENTINEL_BREAKGLASS_TABLE',
  table: 'sentinel-breakglass',
  init: 'breakglass',
  list: 'breakglass-list',
  show: 'breakglass-check',
}
export const sessions: Kept = {
  variable: 'SENTINEL_SESSION_TABLE',
  table: 'sentinel-sessions',
  init: 'sessions',
  list: 'server-sessions',
  show: 'server-session',
}

/** How a table is called in a place; `world` tells those of many worlds in one DynamoDB apart. */
export const tableIn = (place: Place, { table }: Kept, world: string): string =>
  place === 'LMDB' ? 'local' : place === 'AWS' ? table : `${table}-${world}`
