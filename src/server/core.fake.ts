// A server without its door, over a storage in memory, and requests as a client would send them.

import { fakeClock } from '../base/clock.fake.ts'
import { newUuid, Secret, systemRandom } from '../base/index.ts'
import { platforms } from '../machine/index.ts'
import { usualBudget } from '../policy/index.ts'
import { type Kv, memoryKv } from '../store/index.ts'
import { systemLimits } from '../token/index.ts'
import { type CoreDeps, openCore } from './core/core.ts'
import type { Data, Operation, Request } from './door.ts'
import { responseToReply } from './http/envelope.ts'
import { isObject, textToJson } from './http/json.ts'

export type CoreKit = Awaited<ReturnType<typeof coreKit>>

/** Opens one, sealed or not yet initialised. `audit`: what audit devices are made of. */
export async function coreKit(
  storage: Kv = memoryKv(),
  audit: Partial<CoreDeps['audit'] & Pick<CoreDeps, 'auditRequired' | 'pushFactors'>> = {},
) {
  const clock = fakeClock('2026-03-01T00:00:00Z')
  const logged: string[] = []
  const wait = { after: () => () => {} }
  const core = await openCore({
    clock,
    random: systemRandom,
    storage,
    storageType: 'inmem',
    clusterName: 'test',
    apiAddress: '',
    limits: systemLimits,
    audit: {
      platform: platforms.linux,
      wait,
      folders: [],
      durability: 'write',
      stdout: async () => {},
      ...audit,
    },
    auditRequired: audit.auditRequired ?? false,
    pushFactors: audit.pushFactors ?? new Map(),
    governance: { stopwatch: clock, budget: usualBudget, http: false },
    log: (message) => logged.push(message),
  })
  /** Asks, and gives the body of the answer. */
  const ask = async (
    operation: Operation,
    path: string,
    token = '',
    body: Record<string, unknown> = {},
    more: Partial<Request> = {},
  ): Promise<Data> => {
    const request = { ...requestOf(operation, path, token, body), ...more }
    const { response, mountType } = await core.answer(request, new AbortController().signal)
    const { text } = responseToReply(request, response, mountType)
    const value = text === undefined ? null : textToJson(text)
    return isObject(value) ? value : {}
  }
  return { core, clock, logged, ask }
}

/** A request as the door gives it. */
export function requestOf(
  operation: Operation,
  path: string,
  token: string,
  body: Record<string, unknown>,
): Request {
  const data = textToJson(JSON.stringify(body))
  return {
    id: newUuid(systemRandom),
    operation,
    path,
    data: isObject(data) ? data : {},
    token: token === '' ? undefined : new Secret(token),
    remote: { address: '127.0.0.1', port: 1 },
    wrapSeconds: undefined,
    policyOverride: false,
    headers: new Map(),
  }
}

/** The code that something is refused with; `none` where it is not. */
export const codeOf = async (call: Promise<unknown>) => {
  try {
    await call
    return 'none'
  } catch (thrown) {
    return (thrown as { readonly code?: string }).code
  }
}
