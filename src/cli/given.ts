// What a person gave on the command line and the next command line needs too. What stands in the environment is there for
// that one as well.

import { printable } from '../base/index.ts'
import type { Given } from '../gateway/index.ts'
import type { Env } from '../machine/index.ts'

/** A table as a flag, where the environment does not name it. */
export function tableGiven(env: Env, what: 'request' | 'breakglass', table: string | undefined): string {
  const isThere = table === undefined || table === env[`SENTINEL_${what.toUpperCase()}_TABLE`]
  return isThere ? '' : ` --${what}-table ${shown(table)}`
}

/** A flag with its value, where it was given. */
export const flagGiven = (name: string, value: string | undefined): string =>
  value === undefined ? '' : ` --${name} ${shown(value)}`

/** What the commands that a refusal names need of what was given. */
export function givenAgain(
  env: Env,
  values: {
    readonly requestTable: string | undefined
    readonly breakglassTable: string | undefined
    readonly region: string | undefined
    readonly awsProfile: string | undefined
  },
): Given {
  const reach = `${flagGiven('region', values.region)}${flagGiven('aws-profile', values.awsProfile)}`
  return {
    request: `${tableGiven(env, 'request', values.requestTable)}${reach}`,
    breakglass: `${tableGiven(env, 'breakglass', values.breakglassTable)}${reach}`,
  }
}

const shown = (value: string) => {
  const text = printable(value)
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
