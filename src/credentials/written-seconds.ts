// Seconds as people write them in a profile and in the environment.

import { parseDuration, SentinelError } from '../base/index.ts'
import { invalidSetting, type Setting } from './config.ts'

/** `duration_seconds` of a profile: bare seconds. */
export function settingSeconds(setting: Setting): number {
  if (/^\d{1,9}$/.test(setting.value)) return Number(setting.value)
  throw invalidSetting(setting, `\`${setting.key}\` must be whole seconds, not \`${setting.value}\``)
}

/**
 * A duration in an environment variable, `1h30m` or bare seconds; undefined when it is not set.
 *
 * @throws SentinelError DURATION_INVALID, naming the variable
 */
export function variableSeconds(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): number | undefined {
  const text = env[name]
  if (text === undefined || text === '') return undefined
  try {
    return parseDuration(text)
  } catch (cause) {
    throw new SentinelError(
      'DURATION_INVALID',
      `the environment variable ${name} is not a duration: \`${text}\``,
      {
        hint: 'write it like 15m, 1h30m or 3600s',
        cause,
      },
    )
  }
}
