import { globMatches } from '../../base/index.ts'

/**
 * Whether a policy's pattern names a user (decision 20). A pattern without `/` never matches a name with one; `*`
 * and `?` match neither `/` nor the colon in front of `:root` and `:federated/…`.
 *
 * @param trustedRoles roles whose session names are taken at their word: `Role/alice` is also `alice`
 */
export function userMatches(pattern: string, user: string, trustedRoles: readonly string[]): boolean {
  if (nameMatches(pattern, user)) return true
  const slash = user.indexOf('/')
  const isBare = !pattern.includes('/') && !pattern.startsWith(':')
  if (slash <= 0 || !isBare || !trustedRoles.includes(user.slice(0, slash))) return false
  return nameMatches(pattern, user.slice(slash + 1))
}

function nameMatches(pattern: string, name: string): boolean {
  if (name.startsWith(':') !== pattern.startsWith(':')) return false
  return globMatches(pattern, name, '/')
}
