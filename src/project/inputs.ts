// From a configuration to what an evaluation is given. `apply` has this at hand; the reading of configuration is loaded
// only where there is one.

import { asSentinelError } from '../base/index.ts'
import { defaultLimits, type EvaluationInputs, type Limits, type Policy } from '../lang/index.ts'
import type { Configuration, PolicyBlock } from './configuration.ts'
import { type Finding, isBroken, problem, type Shelf } from './files.ts'
import { bytesOfData } from './size.ts'

/** A policy that a configuration names, if it can be read and parsed. */
export function openPolicy(
  shelf: Shelf,
  { file, declared }: PolicyBlock,
  size?: number,
): { readonly policy: Policy | undefined; readonly findings: readonly Finding[] } {
  if ('refused' in file) return { policy: undefined, findings: [file.refused] }
  try {
    const policy = shelf.policy(file.path, size)
    const findings = policy.diagnostics.map((diagnostic) => ({ source: policy.source, diagnostic }))
    return { policy: isBroken(findings) ? undefined : policy, findings }
  } catch (thrown) {
    const { message, hint } = asSentinelError(thrown)
    return { policy: undefined, findings: [problem(declared.source, declared.span, message, hint)] }
  }
}

/** The limits of an evaluation by a configuration, whose data takes from what there is. */
export function limitsWithin({ data }: Configuration, limits: Partial<Limits>): Partial<Limits> {
  return { ...limits, bytes: (limits.bytes ?? defaultLimits.bytes) - bytesOfData(data) }
}

/** What a run has for its next evaluation, beside what it keeps of those before it; undefined where that is too little. */
export function bytesBeside(held: number, all = defaultLimits.bytes): number | undefined {
  const bytes = all - held
  return bytes < all / leastShare ? undefined : bytes
}

/** With less than one in so many bytes nothing is tried any more. */
const leastShare = 16

/** What a configuration gives to the evaluation of a policy; the caller adds the instant and the limits. */
export function inputsOf(
  { imports, globals, params, http, zone }: Configuration,
  block?: Pick<PolicyBlock, 'params'>,
): EvaluationInputs {
  const modules = new Map<string, Policy>()
  const data = new Map<string, unknown>()
  for (const [path, provided] of imports) {
    if ('module' in provided) modules.set(path, provided.module)
    else data.set(path, provided.data)
  }
  return {
    globals,
    params: new Map([...params, ...(block?.params ?? [])]),
    modules,
    data,
    http,
    ...(zone && { zone }),
  }
}
