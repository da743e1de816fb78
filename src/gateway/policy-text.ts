import { printable, SentinelError } from '../base/index.ts'
import {
  type Compilation,
  type CompiledAt,
  compileAccessPolicy,
  compileApprovalPolicy,
  compileBreakglassPolicy,
  compileRateLimitPolicy,
  type DocumentKind,
} from '../policy/index.ts'
import { draw, type Source } from '../source/index.ts'
import type { CompiledOf } from './credential-types.ts'

/** How each kind of document is called, and compiled. */
const kinds: {
  readonly [Kind in DocumentKind]: {
    readonly title: string
    compile(source: Source, at: CompiledAt): Promise<Compilation<CompiledOf[Kind]>>
  }
} = {
  policy: { title: 'access policy', compile: compileAccessPolicy },
  approval: { title: 'approval policy', compile: compileApprovalPolicy },
  breakglass: { title: 'break-glass policy', compile: compileBreakglassPolicy },
  ratelimit: { title: 'rate-limit policy', compile: compileRateLimitPolicy },
}

/** The document that a text is. @throws SentinelError POLICY_INVALID with every error drawn */
export async function compiledText<Kind extends DocumentKind>(
  kind: Kind,
  source: Source,
  at: CompiledAt,
): Promise<CompiledOf[Kind]> {
  const { title, compile } = kinds[kind]
  const compilation = await compile(source, at)
  if ('policy' in compilation) return compilation.policy
  const { diagnostics } = compilation
  const count = diagnostics.length === 1 ? 'an error' : `${diagnostics.length} errors`
  const name = printable(source.name)
  throw new SentinelError('POLICY_INVALID', `the ${title} \`${name}\` has ${count}`, {
    details: diagnostics.flatMap((diagnostic) => draw(source, diagnostic)),
    hint: 'correct it and check it with `sentinel config validate`',
  })
}
