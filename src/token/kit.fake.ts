// Tokens over a storage in memory, by a clock that stands still.

import { type FakeClock, fakeClock } from '../base/clock.fake.ts'
import { type Secret, systemRandom } from '../base/index.ts'
import { type Kv, memoryKv } from '../store/index.ts'
import type { TokenEntry } from './entry.ts'
import { systemLimits } from './lifetime.ts'
import { type Asker, planToken, type TokenRequest } from './plan.ts'
import type { Role } from './roles.ts'
import { openTokens, type Tokens } from './tokens.ts'

export type Kit = {
  readonly kv: Kv
  readonly clock: FakeClock
  readonly tokens: Tokens
  /** Keys of tokens whose leases were ended, in order. */
  readonly endedLeases: readonly string[]
}

export async function tokenKit(kv: Kv = memoryKv(), clock = fakeClock('2026-03-01T00:00:00Z')): Promise<Kit> {
  const endedLeases: string[] = []
  const endLeases = async (key: string) => {
    endedLeases.push(key)
  }
  const tokens = await openTokens({ kv, clock, random: systemRandom, endLeases, makerAt: () => 'mount' })
  return { kv, clock, tokens, endedLeases }
}

export const nothingAsked: TokenRequest = {
  id: undefined,
  policies: [],
  meta: new Map(),
  noParent: false,
  noDefaultPolicy: false,
  renewable: true,
  ttlSeconds: 0,
  explicitMaxSeconds: 0,
  displayName: '',
  numUses: 0,
  periodSeconds: 0,
  type: undefined,
}

/** A child of a token, made by its holder or with more rights. */
export async function childOf(
  tokens: Tokens,
  entry: TokenEntry,
  asked: Partial<TokenRequest> = {},
  asker: Partial<Asker> = {},
  role?: Role,
): Promise<{ readonly token: Secret; readonly entry: TokenEntry }> {
  const isRoot = entry.policies.includes('root')
  const full = { entry, hasSudo: isRoot, isOrphanPath: false, entityId: undefined, ...asker }
  const { plan } = planToken({ ...nothingAsked, ...asked }, full, role, systemLimits)
  return tokens.issue(plan)
}
