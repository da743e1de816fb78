// What is expected of an AWS, as one list of cases, driven with the SDK's own clients. The local AWS must pass
// them all. moto passes the ones that say nothing about it; where it is laxer, lacks a call or cannot be brought to
// it the case says so and how it fails, and must then really fail like that, so that the list stays true.

import { systemClock } from '../../src/base/index.ts'
import { chainCases } from './chain.contract.ts'
import { trailCases } from './cloudtrail.contract.ts'
import { type Backend, type Case, clientsOf } from './contract-driver.ts'
import type { Recorder } from './contract-recorder.ts'
import { tableCases } from './dynamodb.contract.ts'
import { placeCases } from './dynamodb-places.contract.ts'
import { addRole, example, type PolicyDocument, startLocalAws } from './index.ts'
import { policyCases } from './policy.contract.ts'
import { parameterCases } from './ssm.contract.ts'
import { portalCases } from './sso.contract.ts'
import { tokenCases } from './sts.contract.ts'

/** Every case. */
export const contract: readonly Case[] = [
  ...tokenCases,
  ...chainCases,
  ...policyCases,
  ...parameterCases,
  ...portalCases,
  ...trailCases,
  ...tableCases,
  ...placeCases,
]

/** Runs a case against a local AWS of its own. */
export async function onLocalAws(test: Case, recorder: Recorder): Promise<void> {
  let offsetMs = 0
  const clock = { now: () => systemClock.now() + offsetMs }
  const aws = await startLocalAws({ clock, observe: recorder.observe })
  const backend: Backend = {
    as: (keys, region) => clientsOf(aws.url, offsetMs, keys, region, recorder.follow),
    addRole: async (name, trust) => {
      const versioned = { Version: '2012-10-17', ...trust }
      return addRole(aws.world, { account: example.account, name, trust: versioned }).arn
    },
    local: () => aws,
    advance: (ms) => {
      offsetMs += ms
    },
  }
  try {
    await test.run(backend)
    const bugs = aws.reports.filter((report) => report.startsWith('bug'))
    if (bugs.length > 0) throw new Error(bugs.join('\n'))
  } finally {
    await aws.close()
  }
}

/** Runs a case against something else that speaks AWS's protocols at this URL. */
export async function onForeignAws(url: string, test: Case): Promise<void> {
  const only = () => {
    throw new Error('only the local AWS has this')
  }
  await test.run({
    as: (keys, region) => clientsOf(url, 0, keys, region),
    addRole: (name, trust) => createRole(url, name, trust),
    local: only,
    advance: only,
  })
}

async function createRole(url: string, RoleName: string, trust: PolicyDocument): Promise<string> {
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', ...trust })
  await askIam(url, { Action: 'DeleteRole', RoleName })
  const answer = await askIam(url, { Action: 'CreateRole', RoleName, AssumeRolePolicyDocument })
  if (!answer.ok) throw new Error(await answer.text())
  return `arn:aws:iam::${example.account}:role/${RoleName}`
}

/** IAM by hand: the contract needs no more of it than two calls, and moto checks no signature. */
function askIam(url: string, call: Readonly<Record<string, string>>): Promise<Response> {
  const scope = `${example.alice.keys.accessKeyId}/20260101/${example.region}/iam/aws4_request`
  return fetch(url, {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` },
    body: new URLSearchParams({ Version: '2010-05-08', ...call }),
  })
}
