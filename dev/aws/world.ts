// Adds to what exists in the local AWS, and holds it to the rules of the services that would have made it.

import { createHash } from 'node:crypto'
import { readPolicy } from './policy-document.ts'
import type { PolicyDocument } from './policy-types.ts'
import { missingPrincipal } from './principals.ts'
import { checkInput, list, needed, type Structure, structure, text, whole } from './shapes.ts'
import { checkName, checkReferences, checkSize, checkType } from './ssm-rules.ts'
import { putParameterInput } from './ssm-shapes.ts'
import { AwsError, type JsonObject } from './wire.ts'
import type {
  AccessKey,
  MfaDevice,
  ParameterVersion,
  Principal,
  Role,
  Session,
  SsoSession,
  User,
  World,
} from './world-types.ts'

/** A world in which nothing exists. */
export function emptyWorld(): World {
  return {
    users: new Map(),
    roles: new Map(),
    keys: new Map(),
    ssoSessions: new Map(),
    mfaDevices: new Map(),
    parameters: new Map(),
    trail: [],
  }
}

/** The identity policy of whoever is not restricted: everything. */
export const allowEverything: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
}

/** The identity policy of whoever may do nothing. IAM takes none without a statement, and no service has this action. */
export const allowNothing: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'none:null', Resource: '*' }],
}

// API_CreateUser and API_CreateRole in the IAM API Reference.
const accountId = needed(text({ pattern: /^\d{12}$/ }))
const entityName = needed(text({ min: 1, max: 64, pattern: /^[\w+=,.@-]+$/ }))
const path = text({ min: 1, max: 512, pattern: /^(\/|\/[!-~]+\/)$/ })
const userShape = structure({ Account: accountId, UserName: entityName, Path: path })
const roleShape = structure({
  Account: accountId,
  RoleName: entityName,
  Path: path,
  MaxSessionDuration: whole({ min: 3600, max: 43200 }),
})

// API_GetFederationToken, API_EnableMFADevice, API_AccessKey; Regions as the endpoints' names have them.
const federatedShape = structure({
  Account: accountId,
  Name: needed(text({ min: 2, max: 32, pattern: /^[\w+=,.@-]*$/ })),
})
const deviceShape = structure({
  SerialNumber: needed(text({ min: 9, max: 256, pattern: /^[\w+=/:,.@-]*$/ })),
  AuthenticationCodes: needed(list(text({ min: 6, max: 6, pattern: /^\d+$/ }))),
})
const keyShape = structure({
  AccessKeyId: needed(text({ min: 16, max: 128, pattern: /^\w+$/ })),
  SecretAccessKey: needed(text({ min: 1 })),
})
const placeShape = structure({
  Account: accountId,
  Region: needed(text({ pattern: /^[a-z]{2,}(-[a-z]+)+-\d+$/ })),
})

/** A set-up call is held to the same rules as the call of AWS that it stands for. */
const check = (shape: Structure, made: JsonObject) =>
  checkInput(shape, made, { form: false, code: 'ValidationError' })

/** API_CreateUser, API_CreateRole: names are unique within an account, whatever their capitals and paths. */
function refuseTaken(
  there: Iterable<User | Role>,
  made: { account: string; name: string; arn: string },
): void {
  for (const { account, name, arn } of there) {
    const same = account === made.account && name.toLowerCase() === made.name.toLowerCase()
    // Setting up what is there already puts it in its place.
    if (same && arn !== made.arn)
      throw new AwsError('EntityAlreadyExists', `${arn} has that name already.`, 409)
  }
}

type KeyPair = { readonly accessKeyId: string; readonly secretAccessKey: string }

/**
 * Adds an IAM user, with long-term keys when given. `path` starts and ends with a slash.
 *
 * @throws Error when name, path or policy is one that IAM would not store
 */
export function addUser(
  world: World,
  user: {
    readonly account: string
    readonly name: string
    readonly path?: string
    readonly keys?: KeyPair
    readonly policy?: PolicyDocument
  },
): User {
  const { account, name, path = '/' } = user
  check(userShape, { Account: account, UserName: name, Path: path })
  const policy = readPolicy('identity', user.policy ?? allowEverything)
  const arn = `arn:aws:iam::${account}:user${path}${name}`
  refuseTaken(world.users.values(), { account, name, arn })
  const added: User = { arn, id: uniqueId('AIDA', arn), account, name, policy }
  world.users.set(arn, added)
  if (user.keys !== undefined) {
    addKey(world, user.keys, { kind: 'user', account, arn, id: added.id, name, policy })
  }
  return added
}

/** Gives an account's root user long-term keys. */
export function addRootKeys(world: World, account: string, keys: KeyPair): AccessKey {
  const arn = `arn:aws:iam::${account}:root`
  return addKey(world, keys, {
    kind: 'root',
    account,
    arn,
    id: account,
    name: 'root',
    policy: allowEverything,
  })
}

/** Adds credentials of a federated user, as GetFederationToken would have made them. */
export function addFederatedUser(
  world: World,
  user: {
    readonly account: string
    readonly name: string
    readonly keys: KeyPair
    readonly session: Session
  },
): AccessKey {
  const { account, name } = user
  check(federatedShape, { Account: account, Name: name })
  const principal: Principal = {
    kind: 'federated-user',
    account,
    arn: `arn:aws:sts::${account}:federated-user/${name}`,
    id: `${account}:${name}`,
    name,
    policy: allowEverything,
  }
  return addKey(world, user.keys, principal, user.session)
}

/**
 * Adds a role.
 *
 * @param role.maxSessionSeconds 3600 to 43200, default 3600 ("Update the maximum session duration for a role",
 *   IAM User Guide)
 * @throws Error when name, path, duration or a policy is one that IAM would not store, or trusts a user or role that is
 *   not there
 */
export function addRole(
  world: World,
  role: {
    readonly account: string
    readonly name: string
    readonly path?: string
    readonly trust: PolicyDocument | string
    readonly policy?: PolicyDocument
    readonly maxSessionSeconds?: number
  },
): Role {
  const { account, name, path = '/', maxSessionSeconds = 3600 } = role
  check(roleShape, { Account: account, RoleName: name, Path: path, MaxSessionDuration: maxSessionSeconds })
  const arn = `arn:aws:iam::${account}:role${path}${name}`
  refuseTaken(world.roles.values(), { account, name, arn })
  const trust = readPolicy('trust', role.trust)
  const missing = missingPrincipal(world, trust)
  if (missing !== undefined) {
    throw new Error(`MalformedPolicyDocument: Invalid principal in policy: "AWS":"${missing}" (not there)`)
  }
  const policy = readPolicy('identity', role.policy ?? allowEverything)
  const added: Role = { arn, id: uniqueId('AROA', arn), account, name, trust, policy, maxSessionSeconds }
  world.roles.set(arn, added)
  return added
}

/**
 * Adds the role that IAM Identity Center makes for a permission set: `AWSReservedSSO_<set>_<16 hex>` under the
 * reserved path ("Referencing permission sets in resource policies", IAM Identity Center User Guide). Only its
 * SAML provider may assume it.
 */
export function addPermissionSetRole(
  world: World,
  set: {
    readonly account: string
    readonly name: string
    readonly suffix: string
    readonly maxSessionSeconds?: number
  },
): Role {
  return addRole(world, {
    account: set.account,
    name: `AWSReservedSSO_${set.name}_${set.suffix}`,
    path: '/aws-reserved/sso.amazonaws.com/',
    maxSessionSeconds: set.maxSessionSeconds ?? 3600,
    trust: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: {
            Federated: `arn:aws:iam::${set.account}:saml-provider/AWSSSO_${set.suffix}_DO_NOT_DELETE`,
          },
          Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
        },
      ],
    },
  })
}

/** Adds a sign-in at the access portal. */
export function addSsoSession(world: World, session: SsoSession): SsoSession {
  world.ssoSessions.set(session.accessToken, session)
  return session
}

/**
 * Adds an MFA device of a user.
 *
 * @throws Error when its serial number or a code is none, or its owner is not there
 */
export function addMfaDevice(world: World, device: MfaDevice): MfaDevice {
  check(deviceShape, { SerialNumber: device.serial, AuthenticationCodes: device.codes })
  if (!world.users.has(device.ownerArn)) {
    throw new AwsError('NoSuchEntity', `The user ${device.ownerArn} cannot be found.`, 404)
  }
  world.mfaDevices.set(device.serial, device)
  return device
}

/**
 * Adds a version of a parameter, as PutParameter with Overwrite would.
 *
 * @throws AwsError when it is one that Parameter Store would not take
 */
export function addParameter(
  world: World,
  parameter: {
    readonly account: string
    readonly region: string
    readonly name: string
    readonly value: string
    readonly type?: ParameterVersion['type']
    readonly atMs?: number
  },
): ParameterVersion {
  const { account, region, name, value, type = 'String', atMs = 0 } = parameter
  check(placeShape, { Account: account, Region: region })
  check(putParameterInput, { Name: name, Value: value, Type: type })
  checkName(name)
  checkReferences(value)
  checkSize(value, 'Standard')
  const key = `${account}/${region}/${name}`
  const before = world.parameters.get(key) ?? []
  checkType(before.at(-1), type)
  const added: ParameterVersion = {
    name,
    value,
    type,
    version: (before.at(-1)?.version ?? 0) + 1,
    tier: 'Standard',
    keyId: type === 'SecureString' ? 'alias/aws/ssm' : undefined,
    dataType: 'text',
    tags: new Map(),
    modifiedAtMs: atMs,
    modifiedBy: `arn:aws:iam::${account}:root`,
  }
  world.parameters.set(key, [...before, added])
  return added
}

/** Adds keys, long-term ones when `session` is absent. */
export function addKey(world: World, keys: KeyPair, principal: Principal, session?: Session): AccessKey {
  check(keyShape, { AccessKeyId: keys.accessKeyId, SecretAccessKey: keys.secretAccessKey })
  const key: AccessKey = { ...keys, principal, session }
  world.keys.set(keys.accessKeyId, key)
  return key
}

/** The principal that a session of a role is. The session's ARN has no path, whatever the role's has. */
export function rolePrincipal(role: Role, sessionName: string): Principal {
  return {
    kind: 'role',
    account: role.account,
    arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${sessionName}`,
    id: `${role.id}:${sessionName}`,
    name: sessionName,
    role,
    policy: role.policy,
  }
}

/** A stable unique id in IAM's form: prefix and 17 characters ("IAM identifiers", IAM User Guide). */
function uniqueId(prefix: string, arn: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const digest = createHash('sha256').update(arn).digest()
  return prefix + [...digest.subarray(0, 17)].map((byte) => alphabet[byte % 32]).join('')
}
