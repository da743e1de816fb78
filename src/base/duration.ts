import { SentinelError } from './failure.ts'

const unitNanoseconds = new Map([
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['ns', 1n],
])

/**
 * A duration as people write it, in whole seconds: Go's syntax (`90m`, `1h30m`, `1.5h`) or bare seconds (`3600`).
 *
 * @returns seconds; fractions of a second are an error, a sign is kept
 * @throws SentinelError DURATION_INVALID when the text is no duration
 */
export function parseDuration(text: string): number {
  const nanoseconds = durationNanoseconds(text)
  const seconds =
    nanoseconds !== undefined && nanoseconds % 1_000_000_000n === 0n
      ? nanoseconds / 1_000_000_000n
      : undefined
  if (seconds !== undefined && Number.isSafeInteger(Number(seconds))) return Number(seconds)
  throw new SentinelError('DURATION_INVALID', `\`${text}\` is not a duration in whole seconds`, {
    hint: 'write it like 15m, 1h30m or 3600s',
  })
}

/**
 * How long somebody waits at most, in milliseconds and fractions of them: in Go's syntax, with a unit (`500ms`, `1m30s`).
 *
 * @throws SentinelError DURATION_INVALID when the text is no duration, or not longer than nothing
 */
export function parseTimeout(text: string): number {
  const isBare = /^[+-]?[\d.]+$/.test(text)
  const milliseconds = isBare ? 0 : Number(durationNanoseconds(text) ?? 0n) / 1_000_000
  if (milliseconds > 0 && Number.isSafeInteger(Math.ceil(milliseconds))) return milliseconds
  const withUnit = /^\+?[1-9]\d{0,8}$/.test(text) ? `say the unit: \`${text}s\` for seconds` : undefined
  throw new SentinelError('DURATION_INVALID', `\`${text}\` is not a time to wait`, {
    hint: withUnit ?? 'write it like 500ms, 30s or 1m30s',
  })
}

/** Exact, so that a fraction of a second is never rounded away. */
function durationNanoseconds(text: string): bigint | undefined {
  const [, sign, body = ''] = /^([+-]?)(.{1,64})$/.exec(text) ?? []
  const written = /^\d+$/.test(body) ? `${body}s` : body
  if (!/^((\d+(\.\d*)?|\.\d+)(h|ms|us|\u00b5s|ns|m|s))+$/.test(written)) return undefined
  let total = 0n
  for (const [, whole = '', fraction = '', unit = ''] of written.matchAll(
    /(\d*)(?:\.(\d*))?(h|ms|us|\u00b5s|ns|m|s)/g,
  )) {
    const size = unitNanoseconds.get(unit) ?? 0n
    const scale = 10n ** BigInt(fraction.length)
    const part = BigInt(`${whole}${fraction}`) * size
    if (part % scale !== 0n) return undefined
    total += part / scale
  }
  return sign === '-' ? -total : total
}

/** Seconds as people read them: `1h30m`, `15m`, `45s`. */
export function formatDuration(seconds: number): string {
  const sign = seconds < 0 ? '-' : ''
  const rest = Math.abs(Math.round(seconds))
  const parts = [
    [Math.floor(rest / 3600), 'h'],
    [Math.floor(rest / 60) % 60, 'm'],
    [rest % 60, 's'],
  ] as const
  const text = parts.flatMap(([amount, unit]) => (amount === 0 ? [] : [`${amount}${unit}`])).join('')
  return text === '' ? '0s' : sign + text
}
