import { consistsOf, digits, letters, SentinelError } from '../base/index.ts'

const ofProfile = `${letters}${digits}_.-`

/**
 * The parameter that holds a profile's policy: `<root>/<profile>`.
 *
 * @throws SentinelError SSM_INVALID_PARAMETER when the name is not one that Systems Manager accepts
 */
export function policyParameterName(root: string, profile: string): string {
  let end = root.length
  while (root[end - 1] === '/') end--
  if (end === 0 || !root.startsWith('/') || root.length > 512 || !consistsOf(root, `${ofProfile}/`)) {
    throw new SentinelError('SSM_INVALID_PARAMETER', `\`${root}\` cannot be the root of policy parameters`, {
      hint: 'begin with `/` and use letters, digits, `/`, `_`, `.` and `-` only, such as /sentinel/policies',
    })
  }
  if (profile === '' || profile.length > 64 || !consistsOf(profile, ofProfile)) {
    throw new SentinelError(
      'SSM_INVALID_PARAMETER',
      `profile \`${profile}\` cannot be part of a parameter's name`,
      { hint: 'give the parameter by name with --policy-parameter' },
    )
  }
  return `${root.slice(0, end)}/${profile}`
}
