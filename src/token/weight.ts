// How much a token may carry. Each request reads it, many are remembered, and a batch token goes along in a header.

import { SentinelError } from '../base/index.ts'
import type { TokenPlan } from './plan.ts'

const maxPolicies = 1_000
/** Bytes of the names of policies, of the metadata, and of what it is called, together. */
const maxBytes = 64 * 1024
/** A head has 16 KiB (src/server/http/listener.ts), and other headers too. */
const maxBatchLength = 8 * 1024

/** @throws SentinelError REQUEST_INVALID */
export function requireCarriable({ policies, meta, displayName }: Omit<TokenPlan, 'id' | 'numUses'>): void {
  if (policies.length > maxPolicies)
    throw tooMuch(`more than ${maxPolicies} policies`, 'a policy may say as much as many do')
  const bytes = [...policies, displayName, ...[...meta].flat()]
    .map((text) => Buffer.byteLength(text))
    .reduce((sum, length) => sum + length, 0)
  if (bytes > maxBytes)
    throw tooMuch(`more than ${maxBytes / 1024} KiB of policies and metadata`, 'keep them in a secret')
}

/** @throws SentinelError REQUEST_INVALID */
export function requireSendable(token: string): void {
  if (token.length > maxBatchLength)
    throw tooMuch(
      `so much that it could not be sent: a batch token has ${maxBatchLength / 1024} KiB at most`,
      'make a service token',
    )
}

const tooMuch = (what: string, hint: string) =>
  new SentinelError('REQUEST_INVALID', `a token cannot carry ${what}`, { hint })
