import { parseDuration } from './duration.ts'

/**
 * A duration as Vault's API and policies take it: as for {@link parseDuration}, or in days (`2d`).
 *
 * @returns whole seconds; a sign is kept
 * @throws SentinelError DURATION_INVALID when the text is no duration
 */
export function parseVaultDuration(text: string): number {
  const [, days] = /^(\d{1,9})d$/.exec(text) ?? []
  return days === undefined ? parseDuration(text) : Number(days) * 86_400
}
