// Where a document of rules lies, and how it is got from there.

import { SentinelError } from '../base/index.ts'
import { type CompiledOf, type LoadedPolicy, loadPolicy, type PolicySource } from '../gateway/index.ts'
import type { DocumentKind } from '../policy/index.ts'
import { once } from './deps.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { policyStore } from './policy-store.ts'
import type { Reach } from './reach.ts'

/** What the command line says of a document, and the parameter that it lies in where nothing is said. */
export type DocumentChoice = {
  readonly parameter: string | undefined
  readonly file: string | undefined
  place(): string
}

/**
 * Where a document is.
 *
 * @param prefix of the two flags that choose: `approval-` for `--approval-policy-file`
 * @throws SentinelError USAGE
 */
export function documentSource(
  deps: GatewayDeps,
  prefix: string,
  { parameter, file, place }: DocumentChoice,
): PolicySource {
  if (file === undefined) return { kind: 'parameter', name: parameter ?? place() }
  if (parameter === undefined) return { kind: 'file', path: deps.resolve(file) }
  throw new SentinelError('USAGE', 'a policy comes from a parameter or from a file, and both were given', {
    hint: `leave out --${prefix}policy-parameter or --${prefix}policy-file (also in the environment)`,
  })
}

/** Loads a document. AWS is reached only for a parameter. Throws as loadPolicy, and as `reach`. */
export async function loadDocument<Kind extends DocumentKind>(
  deps: GatewayDeps,
  kind: Kind,
  source: PolicySource,
  maxAgeMs: number,
  reach: () => Promise<Reach>,
): Promise<LoadedPolicy<CompiledOf[Kind]>> {
  const { clock, tzVersion, readText, share, warn } = deps
  const store = once(async () => policyStore(deps, await reach()))
  const load = loadPolicy(
    {
      clock,
      tzVersion,
      readText,
      share,
      warn,
      maxAgeMs,
      sealed: deps.sealed(),
      cacheScope: source.kind === 'file' ? '' : await (await store()).scope(),
      fetchParameter: async (name) => (await store()).get(name),
    },
    kind,
    source,
  )
  return load.catch((thrown: unknown) => {
    throw isMissing(thrown)
      ? new SentinelError(thrown.code, thrown.message, { ...thrown, hint: toMake(kind) })
      : thrown
  })
}

/** Whether there is no such parameter. */
export const isMissing = (thrown: unknown): thrown is SentinelError =>
  thrown instanceof SentinelError && thrown.code === 'SSM_PARAMETER_NOT_FOUND'

const toMake = (kind: DocumentKind) =>
  `check the name, the region and the account, or ${kind === 'policy' ? 'make one with `sentinel init bootstrap`' : 'put the document there with `aws ssm put-parameter`'}`
