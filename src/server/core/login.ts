// What a login gets for its credentials: the last step of spec/vault.md 5.5. The mount has verified them; here is found
// who that is, and a token is made.

import { SentinelError } from '../../base/index.ts'
import {
  type Limits,
  planLogin,
  type TokenEntry,
  type TokenSettings,
  type Tokens,
} from '../../token/index.ts'
import type { Login, Request, Response } from '../door.ts'
import type { Entity, Identities } from '../mounts/identities.ts'
import type { Mount } from '../mounts/path.ts'
import { authOf } from '../mounts/token-auth.ts'
import type { Route, Router } from './router.ts'

export type LoginDeps = {
  readonly tokens: Tokens
  readonly identities: Identities
  policyExists(name: string): boolean
  limitsOf(path: string): Limits
  /** Whether it is still where it was. */
  isMounted(mount: Mount): boolean
}

/**
 * Turns what a login found out into a token; any other response stays as it is.
 *
 * @throws SentinelError POLICY_DENIED where the entity is disabled; REQUEST_INVALID where the role gives what no login may
 */
export async function admitted(
  deps: LoginDeps,
  request: Request,
  { login, ...response }: Response,
  route: Route,
): Promise<Response> {
  // A mount that found somebody and refuses all the same has refused.
  const isRefused = (response.status ?? 200) >= 400
  if (login === undefined || isRefused) return response
  const { mount } = route.mounted.context
  const entity = await entityOf(deps, mount, login)
  const { plan, warnings } = planLogin({
    settings: { ...login.settings, type: typeOf(mount, login) },
    displayName: displayNameOf(mount, login),
    path: request.path,
    meta: login.metadata,
    entityId: entity?.id ?? '',
    limits: deps.limitsOf(request.path),
  })
  const { token, entry } = await deps.tokens.issue(plan)
  // Whoever took the mount away meanwhile ended the tokens that there were.
  if (!deps.isMounted(mount)) {
    await deps.tokens.revoke(entry.key)
    throw new SentinelError('ROUTE_NOT_FOUND', `there is no auth method at \`${mount.path}\` any more`)
  }
  const identityPolicies = await deps.identities.policiesOf(entry.entityId)
  const unknown = entry.policies
    .filter((name) => !deps.policyExists(name))
    .map((name) => `Policy "${name}" does not exist`)
  return {
    ...response,
    auth: authOf(entry, token, identityPolicies, entry.ttlSeconds),
    warnings: [...(response.warnings ?? []), ...warnings, ...unknown],
  }
}

/**
 * Asks the mount that made a token what its holder is given now: they may be gone from there.
 *
 * @returns undefined where the mount says nothing
 * @throws SentinelError REQUEST_INVALID where the mount is gone, or refuses
 */
export async function settingsNow(router: Router, entry: TokenEntry): Promise<TokenSettings | undefined> {
  const mounted = router.mountOf(entry.path)
  if (mounted === undefined) throw new SentinelError('REQUEST_INVALID', 'the mount of the token is gone')
  return mounted.type.settingsNow?.(mounted.context, entry)
}

/** A mount that says `service` or `batch` leaves the role no choice. */
function typeOf({ tokenType = 'default-service' }: Mount, { settings }: Login): Login['settings']['type'] {
  const isForced = tokenType === 'service' || tokenType === 'batch'
  return isForced || settings.type === 'default' ? tokenType : settings.type
}

async function entityOf(
  { identities }: LoginDeps,
  mount: Mount,
  { alias }: Login,
): Promise<Entity | undefined> {
  const entity = alias === undefined ? undefined : await identities.entityFor(mount, alias)
  if (entity?.isDisabled === true)
    throw new SentinelError('POLICY_DENIED', 'permission denied', {
      hint: 'ask whoever disabled the entity to enable it',
    })
  return entity
}

/** `userpass-bob`: the mount as one word, and the name. */
function displayNameOf({ path }: Mount, { displayName }: Login): string {
  const mountName = path.replace(/^auth\//, '').replaceAll('/', '-')
  return `${mountName}${displayName}`.replace(/-$/, '')
}
