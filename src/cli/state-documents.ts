// The documents that changes of state are decided by. Unlike an access policy one of them may be missing: without an
// approval or break-glass policy nobody may, without a rate-limit policy the defaults hold (decision 6).

import type { ChangeWords } from '../audit/index.ts'
import { SentinelError } from '../base/index.ts'
import type { CompiledOf, LoadedPolicy, PolicySource } from '../gateway/index.ts'
import { policyParameterName } from '../iam/index.ts'
import type { Allow, ChangeRefusal, Deny, DocumentKind, Fact } from '../policy/index.ts'
import { documentSource, isMissing, loadDocument } from './documents.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import type { Reach } from './reach.ts'

/** A document that may be missing, and where it was looked for. */
export type LookedDocument<Compiled> = Omit<LoadedPolicy<Compiled>, 'compiled' | 'sha256'> & {
  readonly compiled: Compiled | undefined
  readonly sha256?: string
}

/** What the flags say: `--<kind>-policy-parameter` and `--<kind>-policy-file`. */
export type StateDocumentChoice = {
  readonly profile: string
  readonly parameter: string | undefined
  readonly file: string | undefined
}

/**
 * Looks for a document, in `/sentinel/<kind>/<profile>` where nothing else is said. Only there it may be missing: a
 * place that somebody named is one that they want to hold.
 *
 * @throws SentinelError USAGE, as loadPolicy, and as `reach`
 */
export async function lookForDocument<Kind extends Exclude<DocumentKind, 'policy'>>(
  deps: GatewayDeps,
  kind: Kind,
  { profile, parameter, file }: StateDocumentChoice,
  reach: () => Promise<Reach>,
): Promise<LookedDocument<CompiledOf[Kind]>> {
  const place = () => policyParameterName(`/sentinel/${kind}`, profile)
  const source = documentSource(deps, `${kind}-`, { parameter, file, place })
  try {
    return await loadDocument(deps, kind, source, 0, reach)
  } catch (thrown) {
    if (!isMissing(thrown) || parameter !== undefined) throw thrown
    return { compiled: undefined, path: pathOf(source) }
  }
}

/** What a line says of the document that decided. */
export function documentWords({ path, version, sha256 }: LookedDocument<unknown>): ChangeWords {
  return { policy_path: path, policy_version: version, policy_sha256: sha256 }
}

/** A refusal for want of a document says where one is looked for. */
export function whereToPut<Grant>(
  looked: Fact<LookedDocument<unknown>>,
  decision: Allow<Grant> | Deny<ChangeRefusal>,
  { what, flag }: { readonly what: string; readonly flag: string },
): Allow<Grant> | Deny<ChangeRefusal> {
  if (decision.kind === 'allow' || decision.why.kind !== 'policy') return decision
  if ('unavailable' in looked || looked.known.compiled !== undefined) return decision
  const { code, message } = decision.why.error
  const hint = `put one that names ${what} into the parameter ${looked.known.path}, or name a file with ${flag}`
  return { ...decision, why: { ...decision.why, error: new SentinelError(code, message, { hint }) } }
}

const pathOf = (source: PolicySource) => (source.kind === 'file' ? source.path : source.name)
