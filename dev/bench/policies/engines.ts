// The engines, each with the policy compiled beforehand in the fastest form that it offers.

import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import { Environment } from '@marcbachmann/cel-js'
import { compile } from '../../../src/lang/index.ts'
import { type Fields, inNetwork, type PolicyCase } from './cases.ts'

/** Decides; what it is given is what it wants to have. */
export type Engine = {
  /** The request in the form that this engine reads, made before anything is measured. */
  readonly prepare: (request: Fields) => unknown
  readonly decide: (prepared: never) => boolean
}

/** The engines by their names. */
const engines = { sentinel, cel, cedar, byHand }
export type EngineName = keyof typeof engines
export const engineNames = Object.keys(engines) as readonly EngineName[]

/** An engine with a policy; undefined where it cannot say it. */
export const engineOf = (name: EngineName, one: PolicyCase): Engine | undefined => engines[name](one)

/** Ours, with every limit on, time included. */
function sentinel({ sentinel: text }: PolicyCase): Engine {
  const policy = compile({ name: 'bench.sentinel', text })
  const clock = { now: () => performance.now() }
  return {
    prepare: (request) => ({ globals: request, limits: { clock } }),
    decide: (inputs: Parameters<typeof policy.evaluate>[0]) => policy.evaluate(inputs).status === 'pass',
  }
}

/** @marcbachmann/cel-js: parsed once, numbers as doubles, which it compares faster than its integers. */
function cel({ cel: text }: PolicyCase): Engine {
  const environment = new Environment({ unlistedVariablesAreDyn: true }).registerFunction(
    'inNetwork(dyn): bool',
    inNetwork,
  )
  const evaluate = environment.parse(text)
  return {
    prepare: (request) => request,
    decide: (request: Fields) => evaluate(request) === true,
  }
}

/** @cedar-policy/cedar-wasm: policies parsed once, no schema, no entities; the request is its context. */
function cedar({ name, cedar: condition }: PolicyCase): Engine | undefined {
  if (condition === undefined) return undefined
  preparsePolicySet(name, { staticPolicies: `permit(principal, action, resource) when { ${condition} };` })
  const one = (type: string) => ({ type, id: 'x' })
  return {
    prepare: (context) => ({
      ...{ principal: one('User'), action: one('Action'), resource: one('Resource'), context },
      ...{ preparsedPolicySetId: name, entities: [], validateRequest: false },
    }),
    decide: (call: Parameters<typeof statefulIsAuthorized>[0]) => {
      const answer = statefulIsAuthorized(call)
      return answer.type === 'success' && answer.response.decision === 'allow'
    },
  }
}

/** JavaScript that somebody wrote for this very policy. */
function byHand({ byHand: decide }: PolicyCase): Engine {
  return { prepare: (request) => request, decide }
}
