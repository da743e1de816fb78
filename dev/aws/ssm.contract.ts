// What is expected of Parameter Store: where Sentinel keeps its policies.

import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
} from '@aws-sdk/client-ssm'
import { expect } from 'vitest'
import { type Backend, type Case, type Keys, refusalOf } from './contract-driver.ts'
import { addParameter, addUser, example } from './index.ts'

const Name = '/sentinel/policies/dev'
const put = (backend: Backend, input: Partial<PutParameterCommandInput> = {}) =>
  backend.as().ssm.send(new PutParameterCommand({ Name, Value: 'v1', Type: 'String', ...input }))
const get = (backend: Backend, name: string = Name, WithDecryption = false, keys?: Keys) =>
  backend.as(keys).ssm.send(new GetParameterCommand({ Name: name, WithDecryption }))

const reserved = 'laxer: does not check this rule of names' as const
const refusedNames = [
  ['with a space', '/sentinel/a b', 'ValidationException', reserved],
  ['with an umlaut', '/sentinel/ä', 'ValidationException', reserved],
  ['that is a path without a slash in front', 'sentinel/dev', 'ValidationException', reserved],
  ['with an empty step', '/sentinel//dev', 'ValidationException', reserved],
  [
    'of sixteen steps',
    `/${Array.from({ length: 16 }, () => 'a').join('/')}`,
    'HierarchyLevelLimitExceededException',
    reserved,
  ],
  ['of 1012 characters', `/${'a'.repeat(1011)}`, 'ValidationException', reserved],
  ['that begins with ssm', 'ssm-policies', 'ValidationException', undefined],
  ['that begins with AWS', '/AWSpolicies', 'ValidationException', undefined],
  ['under /aws/', '/aws/policies', 'AccessDeniedException', undefined],
] as const

export const parameterCases: readonly Case[] = [
  {
    name: 'SSM gives back what was put, with version, type, ARN and time',
    async run(backend) {
      expect(await put(backend)).toMatchObject({ Version: 1, Tier: 'Standard' })
      const { Parameter } = await get(backend)
      expect(Parameter).toMatchObject({ Name, Value: 'v1', Type: 'String', Version: 1, DataType: 'text' })
      expect(Parameter?.ARN).toMatch(/^arn:aws:ssm:us-east-1:\d{12}:parameter\/sentinel\/policies\/dev$/)
      expect(Parameter?.LastModifiedDate).toBeInstanceOf(Date)
    },
  },
  {
    name: 'SSM says that a parameter is not there, without a word more',
    async run(backend) {
      const refusal = await refusalOf(get(backend))
      expect(refusal).toMatchObject({ name: 'ParameterNotFound', $metadata: { httpStatusCode: 400 } })
    },
  },
  {
    name: 'SSM counts versions and keeps the earlier ones',
    async run(backend) {
      await put(backend)
      expect((await put(backend, { Value: 'v2', Overwrite: true })).Version).toBe(2)
      expect((await get(backend)).Parameter).toMatchObject({ Value: 'v2', Version: 2 })
      expect((await get(backend, `${Name}:1`)).Parameter).toMatchObject({
        Value: 'v1',
        Version: 1,
      })
    },
  },
  {
    name: 'SSM repeats by which selector a version was found',
    moto: 'laxer: leaves the selector out',
    async run(backend) {
      await put(backend)
      expect((await get(backend, `${Name}:1`)).Parameter?.Selector).toBe(':1')
    },
  },
  {
    name: 'SSM refuses a version that is not there',
    async run(backend) {
      await put(backend)
      expect((await refusalOf(get(backend, `${Name}:7`))).name).toBe('ParameterVersionNotFound')
    },
  },
  {
    name: 'SSM overwrites only when told to',
    async run(backend) {
      await put(backend)
      expect((await refusalOf(put(backend, { Value: 'v2' }))).name).toBe('ParameterAlreadyExists')
      expect((await get(backend)).Parameter?.Value).toBe('v1')
    },
  },
  {
    name: 'SSM wants a type for a new parameter and none for a new version',
    async run(backend) {
      expect((await refusalOf(put(backend, { Type: undefined }))).name).toBe('ValidationException')
      await put(backend)
      expect((await put(backend, { Type: undefined, Overwrite: true })).Version).toBe(2)
    },
  },
  {
    name: 'SSM does not change the type of a parameter',
    moto: 'laxer: changes it',
    async run(backend) {
      await put(backend)
      const refusal = await refusalOf(put(backend, { Type: 'SecureString', Overwrite: true }))
      expect(refusal.name).toBe('HierarchyTypeMismatchException')
    },
  },
  {
    name: 'SSM opens a secure string only on demand',
    async run(backend) {
      await put(backend, { Type: 'SecureString', Value: 'secret' })
      expect((await get(backend, Name, true)).Parameter?.Value).toBe('secret')
      const closed = (await get(backend)).Parameter
      expect(closed?.Type).toBe('SecureString')
      expect(closed?.Value).not.toBe('secret')
    },
  },
  {
    name: 'SSM shows a closed secure string as something opaque',
    moto: 'laxer: shows the text with the key in front of it',
    async run(backend) {
      await put(backend, { Type: 'SecureString', Value: 'secret' })
      expect((await get(backend)).Parameter?.Value).not.toContain('secret')
    },
  },
  {
    name: 'SSM takes 4096 bytes in a standard parameter',
    async run(backend) {
      await put(backend, { Value: 'x'.repeat(4096) })
      expect((await get(backend)).Parameter?.Value).toHaveLength(4096)
    },
  },
  {
    name: 'SSM refuses 4097 bytes in a standard parameter',
    moto: 'laxer: does not check the size of a value',
    async run(backend) {
      expect((await refusalOf(put(backend, { Value: 'x'.repeat(4097) }))).name).toBe('ValidationException')
    },
  },
  {
    name: 'SSM takes 4097 bytes in an advanced parameter',
    async run(backend) {
      expect((await put(backend, { Value: 'x'.repeat(4097), Tier: 'Advanced' })).Version).toBe(1)
    },
  },
  ...refusedNames.map(
    ([what, name, code, moto]): Case => ({
      name: `SSM refuses a name ${what}`,
      ...(moto === undefined ? {} : { moto }),
      async run(backend) {
        expect((await refusalOf(put(backend, { Name: name }))).name).toBe(code)
      },
    }),
  ),
  {
    name: 'SSM gives several at once and lists the missing',
    async run(backend) {
      await put(backend)
      await put(backend, { Name: '/sentinel/policies/prod' })
      const Names = [Name, '/sentinel/policies/none', '/sentinel/policies/prod']
      const answer = await backend.as().ssm.send(new GetParametersCommand({ Names }))
      expect(answer.Parameters?.map((item) => item.Name)?.sort()).toEqual([Names[0], Names[2]])
      expect(answer.InvalidParameters).toEqual([Names[1]])
    },
  },
  {
    name: 'SSM lists what is under a path, in pages of ten',
    async run(backend) {
      for (let i = 0; i < 12; i++) await put(backend, { Name: `/sentinel/policies/p${i}` })
      await put(backend, { Name: '/sentinel/policiesElsewhere' })
      const { ssm } = backend.as()
      const found: string[] = []
      let NextToken: string | undefined
      do {
        const page = await ssm.send(new GetParametersByPathCommand({ Path: '/sentinel/policies', NextToken }))
        expect(page.Parameters?.length).toBeLessThanOrEqual(10)
        found.push(...(page.Parameters ?? []).map((item) => item.Name ?? ''))
        NextToken = page.NextToken
      } while (NextToken !== undefined)
      expect(found).toHaveLength(12)
    },
  },
  {
    name: 'SSM goes below the next step of a path only when told to',
    async run(backend) {
      await put(backend)
      const list = (Recursive: boolean) =>
        backend.as().ssm.send(new GetParametersByPathCommand({ Path: '/sentinel', Recursive }))
      expect((await list(false)).Parameters).toEqual([])
      expect((await list(true)).Parameters).toHaveLength(1)
    },
  },
  {
    name: 'SSM forgets a deleted parameter and begins again at version 1',
    async run(backend) {
      await put(backend)
      await put(backend, { Overwrite: true })
      await backend.as().ssm.send(new DeleteParameterCommand({ Name }))
      expect((await refusalOf(get(backend))).name).toBe('ParameterNotFound')
      expect((await put(backend)).Version).toBe(1)
      await backend.as().ssm.send(new DeleteParameterCommand({ Name }))
      expect((await refusalOf(backend.as().ssm.send(new DeleteParameterCommand({ Name })))).name).toBe(
        'ParameterNotFound',
      )
    },
  },
  {
    name: 'SSM describes parameters without their values',
    async run(backend) {
      await put(backend, { Type: 'SecureString' })
      const answer = await backend.as().ssm.send(
        new DescribeParametersCommand({
          ParameterFilters: [{ Key: 'Name', Option: 'BeginsWith', Values: ['/sentinel/'] }],
        }),
      )
      expect(answer.Parameters).toMatchObject([{ Name, Type: 'SecureString', Version: 1 }])
      expect(JSON.stringify(answer.Parameters)).not.toContain('v1')
    },
  },
  {
    name: 'SSM keeps Regions apart',
    async run(backend) {
      await put(backend)
      const elsewhere = backend.as(undefined, 'eu-west-1').ssm
      expect((await refusalOf(elsewhere.send(new GetParameterCommand({ Name })))).name).toBe(
        'ParameterNotFound',
      )
    },
  },
  {
    name: "SSM refuses whom the policies do not allow, in AWS's words",
    moto: 'laxer: evaluates no policies unless it is set up for it',
    async run(backend) {
      const refusal = await refusalOf(get(backend, Name, false, example.mallory.keys))
      const because = 'because no identity-based policy allows the ssm:GetParameter action'
      const resource = `arn:aws:ssm:us-east-1:${example.account}:parameter${Name}`
      expect(refusal).toMatchObject({
        name: 'AccessDeniedException',
        message: `User: ${example.mallory.arn} is not authorized to perform: ssm:GetParameter on resource: ${resource} ${because}`,
      })
    },
  },
  {
    name: 'SSM knows the parameters that a world begins with',
    moto: 'lacks: parameters that a test put there without a call',
    async run(backend) {
      const { account, region } = example
      const { world } = backend.local()
      for (const value of ['v1', 'v2']) addParameter(world, { account, region, name: Name, value })
      expect((await get(backend)).Parameter).toMatchObject({ Value: 'v2', Version: 2, Type: 'String' })
    },
  },
  {
    name: 'SSM opens nothing for somebody who may not use the key',
    moto: 'lacks: users that a test adds',
    async run(backend) {
      const keys = { accessKeyId: 'AKIANOKMS22222EXAMPL', secretAccessKey: 'noKmsSecretEXAMPLEKEY' }
      const policy = { Statement: { Effect: 'Allow', Action: 'ssm:*', Resource: '*' } } as const
      addUser(backend.local().world, { account: example.account, name: 'nokms', keys, policy })
      await put(backend, { Type: 'SecureString' })
      expect((await get(backend, Name, false, keys)).Parameter?.Type).toBe('SecureString')
      const refusal = await refusalOf(get(backend, Name, true, keys))
      expect(refusal).toMatchObject({
        name: 'AccessDeniedException',
        message: expect.stringContaining('The ciphertext refers to'),
      })
    },
  },
  {
    name: 'SSM refuses unknown keys and wrong signatures under the names of JSON services',
    moto: 'laxer: takes any key and any signature',
    async run(backend) {
      const unknown = { ...example.alice.keys, accessKeyId: 'AKIANOBODY2222EXAMPL' }
      expect((await refusalOf(get(backend, Name, false, unknown))).name).toBe('UnrecognizedClientException')
      const wrong = { ...example.alice.keys, secretAccessKey: 'wrong' }
      expect((await refusalOf(get(backend, Name, false, wrong))).name).toBe('InvalidSignatureException')
    },
  },
]
