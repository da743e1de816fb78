import type { Parameter } from '../gateway/index.ts'
import { once } from './deps.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import type { NewPolicy } from './parameters.ts'
import type { Reach } from './reach.ts'

/** SSM, as reached with some profile's credentials. */
export type PolicyStore = {
  /** Tells entries of the policy cache apart that were got by others, or in another way. */
  scope(): Promise<string>
  get(name: string): Promise<Parameter>
  put(policy: NewPolicy): Promise<void>
}

/** The parameters of SSM. The SDK is loaded when the first is asked for. */
export function policyStore(deps: GatewayDeps, reach: Reach): PolicyStore {
  const { recipe } = reach.means
  const parameters = once(async () => {
    const { openParameters } = await import('./parameters.ts')
    return openParameters({ clock: deps.clock, signal: deps.signal() }, recipe, await reach.credentials())
  })
  return {
    scope: () => reach.scope(),
    get: async (name) => (await parameters()).get(name),
    put: async (policy) => (await parameters()).put(policy),
  }
}
