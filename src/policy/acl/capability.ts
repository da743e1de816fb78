// What a rule may grant, as bits of a number: rules are merged and asked for every request.

import { closest } from '../../base/index.ts'

const bits = new Map([
  ['create', 1],
  ['read', 2],
  ['update', 4],
  ['patch', 8],
  ['delete', 16],
  ['list', 32],
  ['sudo', 64],
  ['deny', 128],
  // Newer than what this server does: accepted, without effect.
  ['subscribe', 256],
  ['recover', 512],
])

/** The bit of a capability, undefined for a name that is none. */
export const capabilityBit = (name: string): number | undefined => bits.get(name)

/** What somebody may have meant. */
export const closestCapability = (name: string): string | undefined => closest(name, [...bits.keys()])

const bitOf = (name: string): number => bits.get(name) ?? 0

/** Wins over everything. */
export const denyBit = bitOf('deny')
/** Needed besides the operation's own on root-protected paths. */
export const sudoBit = bitOf('sudo')

/** Each bit that is set. */
export const bitsIn = (set: number): readonly number[] =>
  [...bits.values()].filter((bit) => (set & bit) !== 0)

/** The names of the bits that are set, sorted; of none, and of deny, `deny` alone. */
export function capabilityNames(set: number): readonly string[] {
  if (set === 0 || (set & denyBit) !== 0) return ['deny']
  return [...bits]
    .filter(([, bit]) => (set & bit) !== 0)
    .map(([name]) => name)
    .sort()
}

/** What the word of a legacy `policy = "…"` stands for. */
export const legacyPolicies: ReadonlyMap<string, number> = new Map([
  ['deny', denyBit],
  ['read', bitOf('read') | bitOf('list')],
  ['write', bitOf('create') | bitOf('read') | bitOf('update') | bitOf('delete') | bitOf('list')],
  ['sudo', bitOf('create') | bitOf('read') | bitOf('update') | bitOf('delete') | bitOf('list') | sudoBit],
])

/** What a request does with a path. The last three are the server's own. */
export type Operation =
  | 'create'
  | 'read'
  | 'update'
  | 'patch'
  | 'delete'
  | 'list'
  | 'help'
  | 'revoke'
  | 'renew'
  | 'rollback'

const operationBits: Readonly<Record<Operation, number>> = {
  create: bitOf('create'),
  read: bitOf('read'),
  update: bitOf('update'),
  patch: bitOf('patch'),
  delete: bitOf('delete'),
  list: bitOf('list'),
  revoke: bitOf('update'),
  renew: bitOf('update'),
  rollback: bitOf('update'),
  // Whoever may ask at all may ask for help.
  help: 0,
}

/** The capability that an operation needs. */
export const neededBit = (operation: Operation): number => operationBits[operation]
