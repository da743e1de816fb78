import { printable, SentinelError } from '../base/index.ts'
import { type CompiledPolicy, compileAccessPolicy } from '../policy/index.ts'
import { draw, type Source } from '../source/index.ts'

/** The policy that a text is. @throws SentinelError POLICY_INVALID with every error drawn */
export async function compiledText(
  source: Source,
  at: { readonly nowMs: number; readonly tzVersion: string },
): Promise<CompiledPolicy> {
  const compilation = await compileAccessPolicy(source, at)
  if ('policy' in compilation) return compilation.policy
  const { diagnostics } = compilation
  const count = diagnostics.length === 1 ? 'an error' : `${diagnostics.length} errors`
  const name = printable(source.name)
  throw new SentinelError('POLICY_INVALID', `the access policy \`${name}\` has ${count}`, {
    details: diagnostics.flatMap((diagnostic) => draw(source, diagnostic)),
    hint: 'correct it and check it with `sentinel config validate`',
  })
}
