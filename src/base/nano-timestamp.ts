import { toTimestamp } from './clock.ts'

/** An instant as RFC 3339 in UTC with nanoseconds, as Vault writes it. */
export function toNanoTimestamp(ms: number): string {
  const fraction = String(ms - Math.floor(ms / 1000) * 1000).padStart(3, '0')
  return `${toTimestamp(ms).slice(0, -1)}.${fraction}000000Z`
}
