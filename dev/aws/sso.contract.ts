// What is expected of the access portal of IAM Identity Center.

import { GetRoleCredentialsCommand, ListAccountRolesCommand, ListAccountsCommand } from '@aws-sdk/client-sso'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { expect } from 'vitest'
import { assume, type Backend, type Case, type Keys, lacks, laxer, refusalOf } from './contract-driver.ts'
import { example } from './index.ts'

const { account, sso } = example
const lacking = lacks('the access portal')
const fetchRole = (backend: Backend, input: object = {}) =>
  backend.as().sso.send(
    new GetRoleCredentialsCommand({
      accessToken: sso.accessToken,
      accountId: account,
      roleName: sso.permissionSet,
      ...input,
    }),
  )

async function signIn(backend: Backend): Promise<Keys> {
  const { roleCredentials } = await fetchRole(backend)
  const { accessKeyId = '', secretAccessKey = '', sessionToken = '' } = roleCredentials ?? {}
  return { accessKeyId, secretAccessKey, sessionToken }
}

export const portalCases: readonly Case[] = [
  {
    name: 'SSO gives keys of the permission set, under the name of whoever signed in',
    moto: lacking,
    async run(backend) {
      const who = await backend.as(await signIn(backend)).sts.send(new GetCallerIdentityCommand({}))
      expect(who.Arn).toBe(`arn:aws:sts::${account}:assumed-role/${sso.roleName}/${sso.userName}`)
    },
  },
  {
    name: 'SSO says in milliseconds when the keys end',
    moto: lacking,
    async run(backend) {
      const { roleCredentials } = await fetchRole(backend)
      expect((roleCredentials?.expiration ?? 0) / 1000).toBeGreaterThan(1_600_000_000)
    },
  },
  {
    name: 'SSO keys assume roles for an hour at most, as every role session does',
    moto: lacking,
    async run(backend) {
      const keys = await signIn(backend)
      const RoleArn = example.roles.prod
      const refusal = await refusalOf(assume(backend, { RoleArn, DurationSeconds: 7200 }, keys))
      expect(refusal.message).toContain('1 hour session limit')
      expect((await assume(backend, { RoleArn }, keys)).SourceIdentity).toBeDefined()
    },
  },
  {
    name: "SSO's own role is assumed by nobody else",
    moto: laxer('does not evaluate trust policies, and assumes roles that do not exist'),
    async run(backend) {
      const RoleArn = `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/${sso.roleName}`
      expect((await refusalOf(assume(backend, { RoleArn }))).name).toBe('AccessDenied')
    },
  },
  {
    name: 'SSO refuses a token that it does not know',
    moto: lacking,
    async run(backend) {
      const refusal = await refusalOf(fetchRole(backend, { accessToken: 'nobody' }))
      expect(refusal).toMatchObject({
        name: 'UnauthorizedException',
        message: 'Session token not found or invalid',
        $metadata: { httpStatusCode: 401 },
      })
    },
  },
  {
    name: 'SSO refuses a token that is over',
    moto: lacking,
    async run(backend) {
      await fetchRole(backend)
      backend.advance(8 * 3_600_000)
      expect((await refusalOf(fetchRole(backend))).name).toBe('UnauthorizedException')
    },
  },
  {
    name: 'SSO refuses a permission set that was not granted',
    moto: lacking,
    async run(backend) {
      const refusal = await refusalOf(fetchRole(backend, { roleName: 'Admin' }))
      expect(refusal).toMatchObject({ name: 'ForbiddenException', $metadata: { httpStatusCode: 403 } })
    },
  },
  {
    name: 'SSO lists in pages, and takes only tokens that it gave',
    moto: lacking,
    async run(backend) {
      const { accessToken } = sso
      const client = backend.as().sso
      const list = (input: object) => client.send(new ListAccountsCommand({ accessToken, ...input }))
      expect((await list({ maxResults: 1 })).nextToken).toBeUndefined()
      for (const input of [{ maxResults: 0 }, { maxResults: 101 }, { nextToken: 'x' }]) {
        expect((await refusalOf(list(input))).name).toBe('InvalidRequestException')
      }
    },
  },
  {
    name: 'SSO lists accounts and permission sets',
    moto: lacking,
    async run(backend) {
      const { accessToken } = sso
      const client = backend.as().sso
      const { accountList } = await client.send(new ListAccountsCommand({ accessToken }))
      expect(accountList).toMatchObject([{ accountId: account }])
      const { roleList } = await client.send(new ListAccountRolesCommand({ accessToken, accountId: account }))
      expect(roleList).toEqual([{ roleName: sso.permissionSet, accountId: account }])
    },
  },
]
