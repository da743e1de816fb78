import { SentinelError } from './errors.ts'

const unitSeconds = new Map([
  ['h', 3600],
  ['m', 60],
  ['s', 1],
  ['ms', 1e-3],
  ['us', 1e-6],
  ['µs', 1e-6],
  ['ns', 1e-9],
])

/**
 * A duration as people write it, in whole seconds: Go's syntax (`90m`, `1h30m`, `1.5h`) or bare seconds (`3600`).
 *
 * @returns seconds; fractions of a second are an error, a sign is kept
 * @throws SentinelError DURATION_INVALID when the text is no duration
 */
export function parseDuration(text: string): number {
  const seconds = durationSeconds(text)
  if (seconds !== undefined && Number.isSafeInteger(seconds)) return seconds
  throw new SentinelError('DURATION_INVALID', `\`${text}\` is not a duration in whole seconds`, {
    hint: 'write it like 15m, 1h30m or 3600s',
  })
}

function durationSeconds(text: string): number | undefined {
  const whole = /^([+-]?)((?:\d+(?:\.\d*)?|\.\d+)(?:h|ms|us|µs|ns|m|s))+$/
  if (/^[+-]?\d+$/.test(text)) return Number(text)
  if (!whole.test(text)) return undefined
  let seconds = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(h|ms|us|µs|ns|m|s)/g)) {
    seconds += Number(amount) * (unitSeconds.get(unit ?? '') ?? Number.NaN)
  }
  const rounded = Math.round(seconds * 1e6) / 1e6
  return text.startsWith('-') ? -rounded : rounded
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
  return sign + (text === '' ? '0s' : text)
}
