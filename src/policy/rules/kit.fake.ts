// Compiled documents and callers for tests.

import { SentinelError } from '../../base/index.ts'
import { positionOf } from '../../source/index.ts'
import type { Party } from '../people.ts'
import type { DocumentKind } from './compiled.ts'
import {
  checkDocument,
  compileApprovalPolicy,
  compileBreakglassPolicy,
  compileRateLimitPolicy,
} from './lazily.ts'
import type { Compilation } from './load.ts'

/** A Wednesday morning, for which all documents of tests are compiled. */
export const wednesdayMs = Date.parse('2026-02-04T10:00:00Z')

const at = { nowMs: wednesdayMs, tzVersion: '2026a' }

/** The policy of a text, or an error that shows what is wrong with it. */
function policyOf<Policy>(compilation: Compilation<Policy>): Policy {
  if ('policy' in compilation) return compilation.policy
  throw new Error(JSON.stringify(compilation.diagnostics))
}

/** A compiled approval policy. */
export const approvalPolicy = async (text: string) =>
  policyOf(await compileApprovalPolicy({ name: 'approval.yaml', text }, at))

/** A compiled break-glass policy. */
export const breakglassPolicy = async (text: string) =>
  policyOf(await compileBreakglassPolicy({ name: 'breakglass.yaml', text }, at))

/** A compiled rate-limit policy. */
export const rateLimitPolicy = async (text: string) =>
  policyOf(await compileRateLimitPolicy({ name: 'ratelimit.yaml', text }, at))

/** What is found in a document, each as `line:column location: message (hint)`; warnings begin with `warning`. */
export async function findingsOf(kind: DocumentKind | undefined, text: string): Promise<readonly string[]> {
  const { found } = await checkDocument({ name: 'document.yaml', text }, at, kind)
  return found.map(({ severity, span, location, message, hint }) => {
    const { line, column } = positionOf(text, span.start)
    const mark = severity === 'warning' ? 'warning ' : ''
    return `${mark}${line}:${column} ${location}: ${message} (${hint})`
  })
}

/** A document of rules, each written in one line. The first rule is in line 3. */
export const documentOf = (...rules: readonly string[]) =>
  `version: "1"\nrules:\n${rules.map((rule) => `- ${rule}\n`).join('')}`

/** The account of the callers of tests. */
export const ours = '111122223333'

/** Another account. */
export const theirs = '444455556666'

/** A caller by the name that policies match: a user, `Role/session`, `:federated/bob` or `:root`. */
export function party(user: string, accountId = ours): Party {
  return { user, accountId, arn: arnOf(user, accountId) }
}

function arnOf(user: string, accountId: string): string {
  if (user.startsWith(':federated/')) return `arn:aws:sts::${accountId}:federated-user/${user.slice(11)}`
  if (user === ':root') return `arn:aws:iam::${accountId}:root`
  if (user.includes('/')) return `arn:aws:sts::${accountId}:assumed-role/${user}`
  return `arn:aws:iam::${accountId}:user/${user}`
}

/** A fact that could not be looked up. */
export const outage = { unavailable: new SentinelError('STS_ERROR', 'down') } as const
