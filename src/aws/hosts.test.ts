import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SSMClient } from '@aws-sdk/client-ssm'
import { SSOClient } from '@aws-sdk/client-sso'
import { STSClient } from '@aws-sdk/client-sts'
import { describe, expect, it } from 'vitest'
import { awsHost, isAwsEndpoint } from './hosts.ts'

const clients = {
  sts: new STSClient({ region: 'us-east-1' }),
  ssm: new SSMClient({ region: 'us-east-1' }),
  sso: new SSOClient({ region: 'us-east-1' }),
  dynamodb: new DynamoDBClient({ region: 'us-east-1' }),
} as const

/** Every region that the SDK knows, and one more of each partition. */
function regionsOfSdk(): readonly string[] {
  const core = createRequire(import.meta.url).resolve('@aws-sdk/client-sts')
  const text = readFileSync(createRequire(core).resolve('@aws-sdk/core/client'), 'utf8')
  const known = [...text.matchAll(/"([a-z]+(?:-[a-z]+)+-\d)": \{/g)].flatMap(([, one = '']) => one)
  return [...known, ...known.map((one) => one.replace(/\d$/, '9')), 'aws-global']
}

describe('the host of a service', () => {
  const regions = regionsOfSdk()
  for (const [service, { config }] of Object.entries(clients) as ReadonlyArray<
    readonly [keyof typeof clients, (typeof clients)[keyof typeof clients]]
  >) {
    it(`${service}: is the one that the SDK calls, in every region and way, and counts as AWS's`, () => {
      expect(regions.length).toBeGreaterThan(80)
      const flags = [false, true]
      const choices = regions.flatMap((region) =>
        flags.flatMap((useFips) =>
          flags.flatMap((useDualstack) =>
            flags.map((useGlobalSts) => ({ region, useFips, useDualstack, useGlobalSts })),
          ),
        ),
      )
      const wrong = choices.flatMap((choice) => {
        const { region: Region, useFips: UseFIPS, useDualstack: UseDualStack, useGlobalSts } = choice
        const asked = { Region, UseFIPS, UseDualStack, UseGlobalEndpoint: useGlobalSts }
        const sdk = (config.endpointProvider as (asked: object) => { readonly url: URL })(asked).url.host
        const own = awsHost(service, choice)
        return own === sdk && isAwsEndpoint(service, `https://${own}`) ? [] : [[choice, own, sdk]]
      })
      expect(wrong).toEqual([])
    })
  }
})

describe('endpoints of AWS', () => {
  for (const [service, url, want] of [
    ['sts', 'https://sts.amazonaws.com', true],
    ['sts', 'https://STS.eu-central-1.amazonaws.com/', true],
    ['sts', 'https://sts.cn-north-1.amazonaws.com.cn', true],
    ['sts', 'https://sts.us-iso-east-1.c2s.ic.gov', true],
    ['sts', 'https://sts.us-isob-east-1.sc2s.sgov.gov', true],
    ['sts', 'https://sts.eusc-de-east-1.amazonaws.eu', true],
    ['sts', 'https://sts-fips.us-east-1.amazonaws.com', true],
    ['sts', 'https://sts.us-east-1.api.aws', true],
    ['sts', 'https://vpce-0abc-1xyz.sts.us-east-1.vpce.amazonaws.com', true],
    ['sts', 'https://vpce-0abc-1xyz-us-east-1a.sts.us-east-1.vpce.amazonaws.com', true],
    ['ssm', 'https://ssm.eu-west-1.amazonaws.com', true],
    ['sso', 'https://portal.sso.eu-west-1.amazonaws.com', true],
    ['sts', 'http://sts.amazonaws.com', false],
    ['sts', 'https://sts.amazonaws.com.evil.example', false],
    ['sts', 'https://sts.amazonaws.com@evil.example', false],
    ['sts', 'https://evil-sts.amazonaws.com', false],
    ['sts', 'https://amazonaws.com', false],
    ['sts', 'https://abc.execute-api.us-east-1.amazonaws.com', false],
    ['sts', 'https://sts.s3.us-east-1.amazonaws.com', false],
    ['sts', 'https://sts.s3.amazonaws.com', false],
    ['sts', 'https://sts.s3-us-west-2.amazonaws.com', false],
    ['sts', 'https://sts.s3-accelerate.amazonaws.com', false],
    ['sts', 'https://vpce-0a-1b.execute-api.us-east-1.vpce.amazonaws.com', false],
    ['sts', 'https://ssm.us-east-1.amazonaws.com', false],
    ['sso', 'https://portalXsso.us-east-1.amazonaws.com', false],
    ['sts', 'https://localhost', false],
    ['sts', 'https://127.0.0.1', false],
  ] as const) {
    it(`${service} at ${url}: ${want ? 'yes' : 'no'}`, () => {
      expect(isAwsEndpoint(service, url)).toBe(want)
    })
  }
})
