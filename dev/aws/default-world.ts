// The world that the demo, the tests and `npm run aws` start with. The keys are AWS's documented examples or
// end in EXAMPLE; write `~/.aws` files from these constants.

import type { PolicyDocument } from './policy-types.ts'
import {
  addMfaDevice,
  addPermissionSetRole,
  addRole,
  addRootKeys,
  addSsoSession,
  addUser,
  allowNothing,
  emptyWorld,
} from './world.ts'
import type { World } from './world-types.ts'

/** Names, keys and ARNs of the default world. */
export const example = {
  account: '111122223333',
  otherAccount: '444455556666',
  region: 'us-east-1',
  alice: {
    arn: 'arn:aws:iam::111122223333:user/alice',
    keys: {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    },
  },
  bob: {
    arn: 'arn:aws:iam::111122223333:user/eng/team/bob',
    keys: {
      accessKeyId: 'AKIAI44QH8DHBEXAMPLE',
      secretAccessKey: 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY',
    },
  },
  /** Has an MFA device. */
  carol: {
    arn: 'arn:aws:iam::111122223333:user/carol',
    keys: {
      accessKeyId: 'AKIACAROL2222EXAMPLE',
      secretAccessKey: 'carolUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY0',
    },
    mfaSerial: 'arn:aws:iam::111122223333:mfa/carol',
    /** Each is good once. */
    mfaCodes: ['123456', '234567', '345678', '456789'],
  },
  /** May do nothing but ask who it is. */
  mallory: {
    arn: 'arn:aws:iam::111122223333:user/mallory',
    keys: {
      accessKeyId: 'AKIAMALLORY22EXAMPLE',
      secretAccessKey: 'mallorynFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY0',
    },
  },
  /** In the other account. */
  erin: {
    arn: 'arn:aws:iam::444455556666:user/erin',
    keys: {
      accessKeyId: 'AKIAERIN2222EXAMPLE2',
      secretAccessKey: 'erinXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY0',
    },
  },
  root: {
    arn: 'arn:aws:iam::111122223333:root',
    keys: {
      accessKeyId: 'AKIAROOT22222EXAMPLE',
      secretAccessKey: 'rootUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY00',
    },
  },
  roles: {
    /** Anybody in the account, stamped or not. */
    sandbox: 'arn:aws:iam::111122223333:role/SandboxRole',
    /** Stamped by Sentinel only. */
    dev: 'arn:aws:iam::111122223333:role/DevRole',
    /** Stamped by Sentinel only; sessions of up to 12 hours. */
    prod: 'arn:aws:iam::111122223333:role/ProdRole',
    /** Needs MFA. */
    admin: 'arn:aws:iam::111122223333:role/AdminRole',
    /** Trusts sessions of DevRole only, stamped ones. */
    deploy: 'arn:aws:iam::111122223333:role/DeployRole',
    /** In the other account; needs the external id. */
    partner: 'arn:aws:iam::444455556666:role/partners/PartnerRole',
  },
  externalId: 'partner:2026/example',
  sso: {
    accessToken: 'example-sso-access-token',
    startUrl: 'https://d-1234567890.awsapps.com/start',
    userName: 'dana@example.com',
    permissionSet: 'Dev',
    roleName: 'AWSReservedSSO_Dev_0123456789abcdef',
  },
} as const

/** The trust policy that Sentinel generates: anybody in the account, if Sentinel stamped the session. */
export function stampedOnly(principal: string): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AllowSentinelAccess',
        Effect: 'Allow',
        Principal: { AWS: principal },
        Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
        Condition: { StringLike: { 'sts:SourceIdentity': 'sentinel,*' } },
      },
    ],
  }
}

/** Builds the default world. The sign-in at the access portal ends eight hours after `nowMs`. */
export function defaultWorld(nowMs: number): World {
  const world = emptyWorld()
  const { account, otherAccount } = example
  addUser(world, { account, name: 'alice', keys: example.alice.keys })
  addUser(world, { account, name: 'bob', path: '/eng/team/', keys: example.bob.keys })
  addUser(world, { account, name: 'carol', keys: example.carol.keys })
  addUser(world, { account, name: 'mallory', keys: example.mallory.keys, policy: allowNothing })
  addUser(world, { account: otherAccount, name: 'erin', keys: example.erin.keys })
  addRootKeys(world, account, example.root.keys)
  addMfaDevice(world, {
    serial: example.carol.mfaSerial,
    ownerArn: example.carol.arn,
    codes: [...example.carol.mfaCodes],
  })
  const trustAccount = { AWS: `arn:aws:iam::${account}:root` }
  addRole(world, { account, name: 'SandboxRole', trust: allow(trustAccount) })
  addRole(world, { account, name: 'DevRole', trust: stampedOnly(`arn:aws:iam::${account}:root`) })
  addRole(world, {
    account,
    name: 'ProdRole',
    trust: stampedOnly(`arn:aws:iam::${account}:root`),
    maxSessionSeconds: 43200,
  })
  addRole(world, {
    account,
    name: 'AdminRole',
    trust: allow(trustAccount, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
  })
  addRole(world, { account, name: 'DeployRole', trust: stampedOnly(example.roles.dev) })
  addRole(world, {
    account: otherAccount,
    name: 'PartnerRole',
    path: '/partners/',
    trust: allow(trustAccount, { StringEquals: { 'sts:ExternalId': example.externalId } }),
  })
  addPortal(world, nowMs)
  return world
}

function allow(
  principal: { readonly AWS: string },
  condition?: Record<string, Record<string, string>>,
): PolicyDocument {
  const actions = ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession']
  const statement = { Effect: 'Allow', Principal: principal, Action: actions } as const
  return {
    Version: '2012-10-17',
    Statement: [condition === undefined ? statement : { ...statement, Condition: condition }],
  }
}

function addPortal(world: World, nowMs: number): void {
  const { account, sso } = example
  const role = addPermissionSetRole(world, {
    account,
    name: sso.permissionSet,
    suffix: '0123456789abcdef',
    maxSessionSeconds: 43200,
  })
  addSsoSession(world, {
    accessToken: sso.accessToken,
    userName: sso.userName,
    expiresAtMs: nowMs + 8 * 3_600_000,
    grants: [{ account, permissionSet: sso.permissionSet, roleArn: role.arn }],
  })
}
