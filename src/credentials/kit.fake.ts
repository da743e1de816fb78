// A person with a home folder, two AWS files, and a local AWS: what the tests of this room have in common.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import { startLocalAws } from '../../dev/aws/index.ts'
import { SentinelError } from '../base/index.ts'
import { openKeys, paths, readTextIfPresent } from '../machine/index.ts'
import { type FakeMachine, fakeMachine, freshFolder } from '../machine/machine.fake.ts'
import { loadAwsConfig } from './config.ts'
import {
  baseCredentials,
  type CredentialsDeps,
  findCaller,
  type IssuedCredentials,
  issueCredentials,
  type RecipeRequest,
  type Terms,
} from './index.ts'
import { planProfile } from './planner.ts'

export type Person = {
  readonly home: string
  readonly machine: FakeMachine
  readonly deps: CredentialsDeps
  /** Every device that was asked for a code. */
  readonly asked: readonly string[]
}

export type PersonParts = {
  readonly config?: string
  readonly shared?: string
  readonly env?: Readonly<Record<string, string>>
  /** What the person types, one after the other; nothing where there is no terminal. */
  readonly codes?: readonly string[]
  readonly machine?: FakeMachine
  readonly home?: string
  readonly signal?: AbortSignal
}

/** Makes a person. Everything lies in a folder of this test's own. */
export function person(parts: PersonParts = {}): Person {
  const home = parts.home ?? freshFolder()
  const machine = parts.machine ?? fakeMachine()
  const places = paths(machine.platform, {}, home)
  mkdirSync(places.awsSsoCacheFolder, { recursive: true })
  if (parts.config !== undefined) writeFileSync(places.awsConfigFile, parts.config)
  if (parts.shared !== undefined) writeFileSync(places.awsCredentialsFile, parts.shared)
  const asked: string[] = []
  const codes = [...(parts.codes ?? [])]
  const files = { configFile: places.awsConfigFile, sharedFile: places.awsCredentialsFile }
  const deps: CredentialsDeps = {
    machine,
    keys: openKeys(machine, places.keysFile),
    paths: places,
    env: { PATH: process.env.PATH, ...parts.env },
    config: async () => loadAwsConfig({ ...files, readText: readTextIfPresent }),
    signal: parts.signal ?? new AbortController().signal,
    askForCode: async ({ serialNumber }) => {
      asked.push(serialNumber)
      return codes.shift()
    },
  }
  return { home, machine, deps, asked }
}

/** Starts a local AWS with the clock of a machine, or so much ahead of it. */
export async function localAws({ clock }: FakeMachine, aheadMs = 0) {
  const aws = await startLocalAws({ clock: { now: () => clock.now() + aheadMs } })
  onTestFinished(() => aws.close())
  return aws
}

/** The whole way for a profile: plan, base, caller, issue. The request id is made of the number. */
export async function issueFor(
  { deps }: Person,
  request: Partial<RecipeRequest> = {},
  number = 1,
  terms: Terms = {},
): Promise<IssuedCredentials> {
  const whole = {
    profile: 'dev',
    region: 'us-east-1',
    userSession: 'fetched',
    foreignEndpoints: 'accepted',
    ...request,
  } as const
  const recipe = planProfile({ resolve, authorities: new Map() }, await deps.config(), deps.env, whole)
  const base = await baseCredentials(deps, recipe)
  const caller = await findCaller(deps, { recipe }, async () => base)
  const requestId = number.toString(16).padStart(16, '0')
  const sourceIdentity = `sentinel,alice,${requestId}`
  return issueCredentials(deps, { recipe, base, caller, requestId, sourceIdentity, terms })
}

/** What a promise fails with. */
export async function failureOf(run: Promise<unknown>): Promise<SentinelError> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof SentinelError) return error
  throw error instanceof Error ? error : new Error('nothing was thrown')
}

/** Writes the token of `aws sso login` where the AWS CLI would. */
export function writeToken(home: string, mark: string, body: string): void {
  writeFileSync(join(home, '.aws', 'sso', 'cache', `${mark}.json`), body)
}
