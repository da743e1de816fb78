// Lists come in pages: how long one may be, and how the next is asked for.

import { SentinelError } from '../base/index.ts'
import type { Flags } from './command.ts'

/** Flags of every list. */
export const pagingFlags = {
  limit: { type: 'string', default: '100', placeholder: 'count', help: 'at most so many, 1 to 1000' },
  after: { type: 'string', placeholder: 'cursor', help: 'go on behind the page that gave this cursor' },
} as const satisfies Flags

/** What they say. @throws SentinelError USAGE */
export function pagingOf({ limit, after }: { readonly limit: string; readonly after: string | undefined }) {
  const count = /^[1-9]\d{0,3}$/.test(limit) ? Number(limit) : 0
  if (count >= 1 && count <= 1000) return { limit: count, after }
  throw new SentinelError('USAGE', `\`--limit\` is a whole number from 1 to 1000, not \`${limit}\``)
}

/** The line under a page that is not the last; nothing under the last. */
export function moreText(next: string | undefined): string {
  return next === undefined ? '' : `\nThere are more: repeat the command with --after ${next}\n`
}
