// The access portal of IAM Identity Center: GetRoleCredentials, ListAccounts, ListAccountRoles. Calls carry a bearer token and no
// signature. Source: API_GetRoleCredentials, API_ListAccounts and API_ListAccountRoles in the IAM Identity
// Center Portal API Reference. What the session of a permission set looks like: "AWSReservedSSO_" roles in
// "Using AWS managed applications / Referencing permission sets" (IAM Identity Center User Guide).

import { newKeys, newToken } from './issue.ts'
import { type Page, type PageCall, pageOf } from './pages.ts'
import { newUuid, type Stage } from './service.ts'
import { checkInput, needed, type Structure, structure, text, whole } from './shapes.ts'
import { AwsError, type JsonObject, numberInForm, type Params, textOf, type WireRequest } from './wire.ts'
import { addKey, rolePrincipal } from './world.ts'
import type { SsoSession } from './world-types.ts'

/** The portal's operations, by their paths. */
export const portalActions = [
  ['/federation/credentials', 'GetRoleCredentials'],
  ['/assignment/accounts', 'ListAccounts'],
  ['/assignment/roles', 'ListAccountRoles'],
] as const

/** The portal's operation that a request asks for; undefined when it asks for none. */
export function ssoAction(request: WireRequest): string | undefined {
  if (request.method !== 'GET') return undefined
  return portalActions.find(([path]) => path === request.path)?.[1]
}

const paged = { maxResults: whole({ min: 1, max: 100 }), nextToken: text() }

/** What each call may hold. The token stands in a header, everything else in the query, under other names. */
const inputs: ReadonlyMap<string, Structure> = new Map([
  ['GetRoleCredentials', structure({ roleName: needed(text()), accountId: needed(text()) })],
  ['ListAccounts', structure(paged)],
  ['ListAccountRoles', structure({ accountId: needed(text()), ...paged })],
])
const queryNames = [
  ['role_name', 'roleName'],
  ['account_id', 'accountId'],
  ['max_result', 'maxResults'],
  ['next_token', 'nextToken'],
] as const

type PortalCall = { readonly action: string; readonly requestId: string; readonly region: string }

/** Carries out a call of the portal. */
export function answerSso(stage: Stage, call: PortalCall, request: WireRequest): JsonObject {
  const session = signedIn(stage, request)
  const params = paramsOf(request)
  const input = inputs.get(call.action)
  // Its members stand in the query, where everything is text.
  if (input !== undefined) checkInput(input, params, { form: true, code: 'InvalidRequestException' })
  if (call.action === 'ListAccounts') return listAccounts(session, params)
  if (call.action === 'ListAccountRoles') return listAccountRoles(session, params)
  return roleCredentials(stage, call, session, params)
}

/** What the query says; an empty value is none. */
function paramsOf(request: WireRequest): Params {
  const query = new URLSearchParams(request.query)
  return Object.fromEntries(queryNames.map(([inQuery, name]) => [name, query.get(inQuery) || undefined]))
}

function roleCredentials(stage: Stage, call: PortalCall, session: SsoSession, params: Params): JsonObject {
  const accountId = textOf(params, 'accountId') ?? ''
  const roleName = textOf(params, 'roleName') ?? ''
  const grant = session.grants.find((item) => item.account === accountId && item.permissionSet === roleName)
  const role = grant === undefined ? undefined : stage.world.roles.get(grant.roleArn)
  if (role === undefined) throw new AwsError('ForbiddenException', 'No access', 403)
  const now = stage.clock.now()
  // A session of a permission set lasts as long as the set says, however soon the sign-in ends.
  const expiresAtMs = now + role.maxSessionSeconds * 1000
  const key = addKey(stage.world, newKeys(stage), rolePrincipal(role, session.userName), {
    ...newToken(stage),
    issuedAtMs: now,
    expiresAtMs,
    mfa: false,
  })
  writeSsoTrail(stage, call, session, { accountId, roleName, role: role.arn })
  return {
    roleCredentials: {
      accessKeyId: key.accessKeyId,
      secretAccessKey: key.secretAccessKey,
      sessionToken: key.session?.token,
      expiration: Math.floor(expiresAtMs / 1000) * 1000,
    },
  }
}

function signedIn(stage: Stage, request: WireRequest): SsoSession {
  const session = stage.world.ssoSessions.get(request.headers.get('x-amz-sso_bearer_token') ?? '')
  if (session !== undefined && session.expiresAtMs > stage.clock.now()) return session
  throw new AwsError('UnauthorizedException', 'Session token not found or invalid', 401)
}

function listAccounts(session: SsoSession, params: Params): JsonObject {
  const accounts = [...new Set(session.grants.map(({ account }) => account))]
  const page = pageFor(accounts, { action: 'ListAccounts', params })
  return {
    accountList: page.items.map((accountId) => ({ accountId, accountName: `account-${accountId}` })),
    nextToken: page.next,
  }
}

function listAccountRoles(session: SsoSession, params: Params): JsonObject {
  const accountId = textOf(params, 'accountId') ?? ''
  const grants = session.grants.filter(({ account }) => account === accountId)
  if (grants.length === 0) throw new AwsError('ForbiddenException', 'No access', 403)
  const page = pageFor(grants, { action: 'ListAccountRoles', params })
  return {
    roleList: page.items.map(({ permissionSet }) => ({ roleName: permissionSet, accountId })),
    nextToken: page.next,
  }
}

function pageFor<T>(all: readonly T[], call: PageCall): Page<T> {
  const { params } = call
  const page = pageOf(all, textOf(params, 'nextToken'), numberInForm(params, 'maxResults') ?? 100, call)
  if (page === undefined) throw new AwsError('InvalidRequestException', 'The token is not valid.')
  return page
}

/** "Logging IAM Identity Center API calls with AWS CloudTrail": the portal's calls stand under the user's name. */
function writeSsoTrail(
  stage: Stage,
  call: PortalCall,
  session: SsoSession,
  asked: { readonly accountId: string; readonly roleName: string; readonly role: string },
): void {
  const atMs = stage.clock.now()
  stage.world.trail.push({
    account: asked.accountId,
    region: call.region,
    atMs,
    userName: session.userName,
    resources: [{ ResourceType: 'AWS::IAM::Role', ResourceName: asked.role }],
    event: {
      eventVersion: '1.08',
      userIdentity: { type: 'Unknown', accountId: asked.accountId, userName: session.userName },
      eventTime: `${new Date(atMs).toISOString().slice(0, 19)}Z`,
      eventSource: 'sso.amazonaws.com',
      eventName: call.action,
      awsRegion: call.region,
      sourceIPAddress: '127.0.0.1',
      requestParameters: null,
      responseElements: null,
      serviceEventDetails: { role_name: asked.roleName, account_id: asked.accountId },
      requestID: call.requestId,
      eventID: newUuid(stage.random),
      readOnly: true,
      eventType: 'AwsServiceEvent',
      managementEvent: true,
      recipientAccountId: asked.accountId,
      eventCategory: 'Management',
    },
  })
}
