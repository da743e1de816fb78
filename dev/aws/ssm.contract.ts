// What is expected of Parameter Store: where Sentinel keeps its policies.

import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  type ParameterStringFilter,
  PutParameterCommand,
  type PutParameterCommandInput,
} from '@aws-sdk/client-ssm'
import { expect } from 'vitest'
import {
  type Backend,
  breaks,
  type Case,
  type Keys,
  laxer,
  type Miss,
  outOfReach,
  refusalOf,
  sendingJson,
} from './contract-driver.ts'
import { addParameter, addUser, example } from './index.ts'

const Name = '/sentinel/policies/dev'
const put = (backend: Backend, input: Partial<PutParameterCommandInput> = {}) =>
  backend.as().ssm.send(new PutParameterCommand({ Name, Value: 'v1', Type: 'String', ...input }))
const get = (backend: Backend, name: string = Name, WithDecryption = false, keys?: Keys) =>
  backend.as(keys).ssm.send(new GetParameterCommand({ Name: name, WithDecryption }))

const described = (backend: Backend, ParameterFilters: ParameterStringFilter[]) =>
  backend.as().ssm.send(new DescribeParametersCommand({ ParameterFilters }))

const reserved = laxer('does not check this rule of names')
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

const unchecked = laxer('does not check this')
const refusedParameters: readonly (readonly [
  what: string,
  input: Partial<PutParameterCommandInput>,
  code: string,
  message: string,
  moto?: Case['moto'],
])[] = [
  ['an empty value', { Value: '' }, 'ValidationException', 'length greater than or equal to 1'],
  [
    '4097 bytes in a standard parameter',
    { Value: 'x'.repeat(4097) },
    'ValidationException',
    'of 4096 characters',
    unchecked,
  ],
  [
    '8193 bytes in an advanced parameter',
    { Value: 'x'.repeat(8193), Tier: 'Advanced' },
    'ValidationException',
    'of 8192 characters',
    unchecked,
  ],
  [
    '8193 bytes for intelligent tiering',
    { Value: 'x'.repeat(8193), Tier: 'Intelligent-Tiering' },
    'ValidationException',
    'of 8192 characters',
    unchecked,
  ],
  [
    'a description of 1025 characters',
    { Description: 'd'.repeat(1025) },
    'ValidationException',
    'less than or equal to 1024',
    unchecked,
  ],
  [
    'a data type that does not exist',
    { DataType: 'foo' },
    'ValidationException',
    'The following data type is not supported: foo',
  ],
  [
    'a key id with a space',
    { Type: 'SecureString', KeyId: 'a b' },
    'ValidationException',
    "at 'keyId'",
    unchecked,
  ],
  [
    'a value that the allowed pattern does not match',
    { AllowedPattern: '^\\d+$' },
    'ParameterPatternMismatchException',
    'allowedPattern',
    unchecked,
  ],
  [
    'an allowed pattern that is none',
    { AllowedPattern: '(' },
    'InvalidAllowedPatternException',
    'regular expression',
    unchecked,
  ],
  [
    'an allowed pattern of 1025 characters',
    { AllowedPattern: '.'.repeat(1025) },
    'ValidationException',
    "at 'allowedPattern'",
    unchecked,
  ],
  [
    'a value with a reference to a parameter',
    { Value: 'x {{ssm:other}}' },
    'ValidationException',
    'nest',
    unchecked,
  ],
  [
    'parameter policies in a standard parameter',
    { Policies: '[]' },
    'ValidationException',
    'advanced',
    unchecked,
  ],
]

const tagged = (Key: string, Value = 'v') => ({ Key, Value })
const manyTags = (count: number) => Array.from({ length: count }, (_, i) => tagged(`k${i}`))

const refusedTags: readonly (readonly [
  what: string,
  tags: readonly object[],
  message: string,
  moto?: Miss,
])[] = [
  ['an empty key', [tagged('')], 'greater than or equal to 1'],
  ['a key of 129 characters', [tagged('k'.repeat(129))], 'less than or equal to 128'],
  ['a key with a sign that is not allowed', [tagged('a*')], "at 'tags.1.member.key'"],
  ['a value of 257 characters', [tagged('k', 'v'.repeat(257))], 'less than or equal to 256'],
  ['a value with a sign that is not allowed', [tagged('k', 'a<b')], "at 'tags.1.member.value'"],
  ['no key', [{ Value: 'v' }], "Value null at 'tags.1.member.key'", breaks('a tag without a key')],
  ['no value', [{ Key: 'k' }], "Value null at 'tags.1.member.value'", breaks('a tag without a value')],
  ['a key twice', [tagged('k', '1'), tagged('k', '2')], 'Duplicate tag key'],
  ['the reserved prefix in a key', [tagged('aws:team')], 'reserved prefix'],
  ['the reserved prefix in a value, in capitals', [tagged('team', 'AWS:dev')], 'reserved prefix'],
  ['fifty others', manyTags(51), 'at most 50 tags'],
  ['a thousand others', manyTags(1001), "at 'tags' failed to satisfy constraint"],
]

/** What no SDK would write. */
const wrongTypes: readonly (readonly [what: string, sent: object, message: string, moto: Miss])[] = [
  [
    'a type that is a number',
    { Type: 1 },
    "'type': 1 is no String",
    laxer('says it of the value', /to match/),
  ],
  ['a switch that is a text', { Overwrite: 'true' }, 'is no Boolean', laxer('takes any text as true')],
  ['tags that are a structure', { Tags: {} }, 'is no List', laxer('passes over them')],
  ['tags that are texts', { Tags: ['k'] }, 'is no Structure', breaks('tags that are texts')],
]

const refusedFilters: readonly (readonly [
  what: string,
  filters: ParameterStringFilter[],
  code: string,
  message: string,
  moto?: Case['moto'],
])[] = [
  [
    'a key that does not exist',
    [{ Key: 'Foo', Values: ['a'] }],
    'ValidationException',
    'parameterFilters.1.member.key',
  ],
  ['the key Label', [{ Key: 'Label', Values: ['a'] }], 'InvalidFilterKey', 'Label'],
  [
    'one key twice',
    [
      { Key: 'Type', Values: ['String'] },
      { Key: 'Type', Values: ['StringList'] },
    ],
    'InvalidFilterKey',
    'duplicated',
  ],
  [
    'an option that does not exist',
    [{ Key: 'Name', Option: 'EndsWith', Values: ['a'] }],
    'InvalidFilterOption',
    'EndsWith',
  ],
  [
    'Contains for a type',
    [{ Key: 'Type', Option: 'Contains', Values: ['String'] }],
    'InvalidFilterOption',
    'Contains',
  ],
  ['Equals for a path', [{ Key: 'Path', Option: 'Equals', Values: ['/a'] }], 'InvalidFilterOption', 'Equals'],
  [
    'a type that does not exist',
    [{ Key: 'Type', Values: ['Text'] }],
    'InvalidFilterValue',
    'Text',
    laxer('says it of the option', /to match object/),
  ],
  ['no values', [{ Key: 'Name' }], 'InvalidFilterValue', 'missing'],
]

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
    moto: laxer('leaves the selector out', /expected undefined to be ':1'/),
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
    moto: laxer('changes it'),
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
    moto: laxer('shows the text with the key in front of it', /expected 'kms:.*:secret' not to contain/),
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
  ...refusedParameters.map(
    ([what, input, name, message, moto]): Case => ({
      name: `SSM refuses ${what}`,
      ...(moto === undefined ? {} : { moto }),
      async run(backend) {
        const refusal = await refusalOf(put(backend, input))
        expect(refusal).toMatchObject({ name, message: expect.stringContaining(message) })
      },
    }),
  ),
  {
    name: 'SSM holds later versions to the allowed pattern',
    moto: unchecked,
    async run(backend) {
      await put(backend, { Value: '1', AllowedPattern: '^\\d+$' })
      await put(backend, { Value: '2', Overwrite: true })
      const refusal = await refusalOf(put(backend, { Value: 'three', Overwrite: true }))
      expect(refusal.name).toBe('ParameterPatternMismatchException')
    },
  },
  {
    name: 'SSM makes a parameter advanced where it must be, and never standard again',
    moto: laxer('keeps every parameter as it was told', /expected 'Intelligent-Tiering' to be 'Standard'/),
    async run(backend) {
      expect((await put(backend, { Tier: 'Intelligent-Tiering' })).Tier).toBe('Standard')
      const long = { Value: 'x'.repeat(4097), Overwrite: true }
      expect((await put(backend, { ...long, Tier: 'Intelligent-Tiering' })).Tier).toBe('Advanced')
      expect((await put(backend, { Overwrite: true })).Tier).toBe('Advanced')
      expect(await refusalOf(put(backend, { Overwrite: true, Tier: 'Standard' }))).toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining("can't downgrade"),
      })
    },
  },
  {
    name: 'SSM takes tags for a new parameter, and none with Overwrite',
    async run(backend) {
      const Tags = [{ Key: 'team', Value: 'dev' }]
      const first = await refusalOf(put(backend, { Tags, Overwrite: true }))
      expect(first).toMatchObject({ name: 'ValidationException' })
      await put(backend, { Tags })
      expect(await refusalOf(put(backend, { Tags, Overwrite: true }))).toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining("tags and overwrite can't be used together"),
      })
    },
  },
  ...refusedTags.map(
    ([what, tags, message, moto = laxer('does not check tags')]): Case => ({
      name: `SSM refuses a tag with ${what}`,
      moto,
      async run(backend) {
        const Tags = tags as PutParameterCommandInput['Tags']
        expect(await refusalOf(put(backend, { Tags }))).toMatchObject({
          name: 'ValidationException',
          message: expect.stringContaining(message),
        })
        expect((await refusalOf(get(backend))).name).toBe('ParameterNotFound')
      },
    }),
  ),
  {
    name: 'SSM takes fifty tags, keys and values of full length, and an empty value',
    async run(backend) {
      const long = [tagged('ä'.repeat(128), 'v'.repeat(256)), tagged('k', '')]
      await put(backend, { Tags: [...long, ...manyTags(48)] })
      const found = await described(backend, [{ Key: 'tag:k0', Values: ['v'] }])
      expect(found.Parameters).toHaveLength(1)
    },
  },
  ...wrongTypes.map(
    ([what, sent, message, moto]): Case => ({
      name: `SSM refuses ${what}`,
      moto,
      async run(backend) {
        const client = sendingJson(backend.as().ssm, { Name, Value: 'v', Type: 'String', ...sent })
        const call = client.send(new PutParameterCommand({ Name, Value: 'v' }))
        expect(await refusalOf(call)).toMatchObject({
          name: 'SerializationException',
          message: expect.stringContaining(message),
        })
      },
    }),
  ),
  {
    name: 'SSM refuses a page token that it did not give',
    moto: laxer('takes any token'),
    async run(backend) {
      for (const NextToken of ['', 'x', 'LTE=', 'MA==', 'OTk5OTk=']) {
        const call = backend.as().ssm.send(new DescribeParametersCommand({ NextToken }))
        expect((await refusalOf(call)).name).toBe('InvalidNextToken')
      }
    },
  },
  {
    name: 'SSM keeps the last hundred versions',
    async run(backend) {
      for (let i = 1; i <= 101; i++) await put(backend, { Value: `v${i}`, Overwrite: true })
      expect((await refusalOf(get(backend, `${Name}:1`))).name).toBe('ParameterVersionNotFound')
      expect((await get(backend, `${Name}:2`)).Parameter?.Value).toBe('v2')
      expect((await get(backend)).Parameter?.Version).toBe(101)
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
    name: 'SSM finds a parameter by its ARN, whose account and Region count',
    moto: laxer("does not mind the ARN's account and Region", /.*/),
    async run(backend) {
      await put(backend)
      const at = (region: string, account: string) => `arn:aws:ssm:${region}:${account}:parameter${Name}`
      const [own, others] = [at(example.region, example.account), at(example.region, example.otherAccount)]
      const elsewhere = at('eu-west-1', example.account)
      expect((await get(backend, `${own}:1`)).Parameter).toMatchObject({ Name, Value: 'v1', ARN: own })
      expect((await refusalOf(get(backend, others))).name).toBe('ParameterNotFound')
      expect((await refusalOf(get(backend, elsewhere))).name).toBe('ValidationException')
      const { ssm } = backend.as()
      const several = await ssm.send(new GetParametersCommand({ Names: [own, others] }))
      expect(several.Parameters?.map((item) => item.Name)).toEqual([Name])
      expect(several.InvalidParameters).toEqual([others])
      const call = ssm.send(new GetParametersCommand({ Names: [own, elsewhere] }))
      expect((await refusalOf(call)).name).toBe('ValidationException')
    },
  },
  {
    name: 'SSM refuses to look for several names when one of them cannot be one',
    moto: reserved,
    async run(backend) {
      await put(backend)
      const call = backend.as().ssm.send(new GetParametersCommand({ Names: [Name, '/a b'] }))
      expect((await refusalOf(call)).name).toBe('ValidationException')
    },
  },
  {
    name: 'SSM refuses to seal with a key that is not there',
    moto: laxer('minds no key'),
    async run(backend) {
      const call = put(backend, { Type: 'SecureString', KeyId: 'alias/nobody' })
      expect((await refusalOf(call)).name).toBe('InvalidKeyId')
      await put(backend, { Type: 'SecureString', KeyId: 'alias/aws/ssm' })
    },
  },
  {
    name: 'SSM keeps what is sealed sealed by a key, also where a new version says nothing of its type',
    moto: laxer('minds no key'),
    async run(backend) {
      await put(backend, { Type: 'SecureString' })
      const next = { Type: undefined, Overwrite: true, Value: 'v2' }
      expect((await refusalOf(put(backend, { ...next, KeyId: 'alias/nobody' }))).name).toBe('InvalidKeyId')
      await put(backend, next)
      const { Parameters = [] } = await described(backend, [{ Key: 'Name', Values: [Name] }])
      expect(Parameters[0]).toMatchObject({ Type: 'SecureString', KeyId: 'alias/aws/ssm', Version: 2 })
    },
  },
  {
    name: 'SSM finds a parameter by the ARN that it is answered with, with and without a path',
    async run(backend) {
      for (const name of ['simple', '/rooted', '/sentinel/deep']) {
        await put(backend, { Name: name, Value: `of ${name}` })
        const { ARN } = (await get(backend, name)).Parameter ?? {}
        expect((await get(backend, ARN)).Parameter).toMatchObject({ ARN, Name: name, Value: `of ${name}` })
      }
    },
  },
  {
    name: 'SSM refuses the page token of another call',
    moto: laxer('takes any token'),
    async run(backend) {
      for (let i = 0; i < 12; i++) await put(backend, { Name: `/sentinel/policies/p${i}` })
      const { ssm } = backend.as()
      const under = (Path: string, NextToken?: string, MaxResults = 10) =>
        ssm.send(new GetParametersByPathCommand({ Path, NextToken, MaxResults }))
      const { NextToken } = await under('/sentinel/policies')
      expect((await refusalOf(under('/sentinel/', NextToken))).name).toBe('InvalidNextToken')
      const described = ssm.send(new DescribeParametersCommand({ NextToken }))
      expect((await refusalOf(described)).name).toBe('InvalidNextToken')
      expect((await under('/sentinel/policies', NextToken, 5)).Parameters).toHaveLength(2)
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
    name: 'SSM finds parameters by each filter',
    async run(backend) {
      await put(backend, { Tags: [{ Key: 'team', Value: 'dev' }] })
      await put(backend, { Name: '/sentinel/keys', Type: 'SecureString', Tier: 'Advanced' })
      const names = async (Key: string, Option: string | undefined, ...Values: string[]) =>
        (await described(backend, [{ Key, Option, Values }])).Parameters?.map((found) => found.Name)
      expect(await names('Name', 'Contains', 'policies')).toEqual([Name])
      expect(await names('Name', undefined, Name)).toEqual([Name])
      expect(await names('Type', 'Equals', 'SecureString')).toEqual(['/sentinel/keys'])
      expect(await names('KeyId', undefined, 'alias/aws/ssm')).toEqual(['/sentinel/keys'])
      expect(await names('Path', undefined, '/sentinel')).toEqual(['/sentinel/keys'])
      expect(await names('Path', 'Recursive', '/sentinel/policies')).toEqual([Name])
      expect(await names('tag:team', undefined, 'dev', 'prod')).toEqual([Name])
    },
  },
  {
    name: 'SSM finds parameters by their tier',
    moto: laxer('finds none by it', /expected \[\] to deeply equal/),
    async run(backend) {
      await put(backend)
      await put(backend, { Name: '/sentinel/keys', Tier: 'Advanced' })
      const { Parameters } = await described(backend, [{ Key: 'Tier', Values: ['Standard'] }])
      expect(Parameters?.map((found) => found.Name)).toEqual([Name])
    },
  },
  ...refusedFilters.map(
    ([what, filters, name, message, moto]): Case => ({
      name: `SSM refuses a filter with ${what}`,
      ...(moto === undefined ? {} : { moto }),
      async run(backend) {
        await put(backend)
        const refusal = await refusalOf(described(backend, filters))
        expect(refusal).toMatchObject({ name, message: expect.stringContaining(message) })
      },
    }),
  ),
  {
    name: 'SSM filters by path with fewer keys',
    async run(backend) {
      await put(backend)
      await put(backend, { Name: '/sentinel/policies/list', Type: 'StringList' })
      const list = (Key: string, value: string) =>
        backend.as().ssm.send(
          new GetParametersByPathCommand({
            Path: '/sentinel/policies',
            ParameterFilters: [{ Key, Values: [value] }],
          }),
        )
      expect((await list('Type', 'StringList')).Parameters).toMatchObject([
        { Name: `/sentinel/policies/list` },
      ])
      expect((await refusalOf(list('Name', Name))).name).toBe('InvalidFilterKey')
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
    moto: laxer('evaluates no policies unless it is set up for it'),
    async run(backend) {
      await put(backend)
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
    moto: outOfReach('parameters from before the first call'),
    async run(backend) {
      const { account, region } = example
      const { world } = backend.local()
      for (const value of ['v1', 'v2']) addParameter(world, { account, region, name: Name, value })
      expect((await get(backend)).Parameter).toMatchObject({ Value: 'v2', Version: 2, Type: 'String' })
    },
  },
  {
    name: 'SSM opens nothing for somebody who may not use the key',
    moto: outOfReach("users of a test's choice"),
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
    moto: laxer('takes any key and any signature'),
    async run(backend) {
      await put(backend)
      const unknown = { ...example.alice.keys, accessKeyId: 'AKIANOBODY2222EXAMPL' }
      expect((await refusalOf(get(backend, Name, false, unknown))).name).toBe('UnrecognizedClientException')
      const wrong = { ...example.alice.keys, secretAccessKey: 'wrong' }
      expect((await refusalOf(get(backend, Name, false, wrong))).name).toBe('InvalidSignatureException')
    },
  },
]
