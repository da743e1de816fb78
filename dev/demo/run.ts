// `npm run demo`: Sentinel's main job in under a minute, with the built program and a local AWS. Every step checks
// what it shows; the exit status is 0 only if each of them did what it says.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { addRole, example, type PolicyDocument, startLocalAws } from '../aws/index.ts'

// The SDK would announce, in the midst of the demo, when it stops to support this Node.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

const root = join(import.meta.dirname, '..', '..')
const sentinel = join(root, 'dist', 'sentinel.cjs')
const script = (name: string) => relative(root, join(import.meta.dirname, name))
const stepLimitMs = 20_000

/** What a step must show besides its exit status. */
type Wanted = { readonly refused?: true; readonly stdout?: RegExp; readonly stderr?: RegExp }
type Ran = { readonly status: number | null; readonly stdout: string; readonly stderr: string }

const home = mkdtempSync(join(tmpdir(), 'sentinel-demo-'))
const aws = await startLocalAws()
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS_|SENTINEL_|XDG_)/.test(name))),
  HOME: home,
  USERPROFILE: home,
  LOCALAPPDATA: home,
  APPDATA: home,
  AWS_ENDPOINT_URL: aws.url,
  AWS_REGION: example.region,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  // The local AWS is not AWS: Sentinel wants to be told that its answers count, and writes it into its log.
  SENTINEL_INSECURE_ENDPOINT: '1',
}

try {
  writeAwsFiles()
  await demo()
  say('\nEvery step did what it said. Read on in README.md, or run `npm run aws` and try it yourself.')
} catch (error) {
  process.stderr.write(`\nThe demo failed: ${(error as Error).message}\n`)
  process.exitCode = 1
} finally {
  await aws.close()
  rmSync(home, { recursive: true, force: true })
}

async function demo(): Promise<void> {
  title('A role that admits only sessions stamped by Sentinel. Sentinel writes its trust policy:')
  const account = `arn:aws:iam::${example.account}:root`
  const generated = await run(
    `sentinel enforce generate trust-policy --pattern any-sentinel --principal ${account}`,
    { stdout: /sts:SetSourceIdentity/ },
  )
  const trust = JSON.parse(generated.stdout) as PolicyDocument
  addRole(aws.world, { account: example.account, name: 'DevRole', trust })

  title('A first policy for profile dev goes into SSM. First the plan, then the deed:')
  await run('sentinel init bootstrap --aws-profile dev --profile dev --plan', { stdout: /1 to create/ })
  await run('sentinel init bootstrap --aws-profile dev --profile dev --yes', { stdout: /1 created/ })

  title('An ordinary program gets credentials: decided, stamped, recorded.')
  const ran = await run(
    `sentinel exec --profile dev --policy-parameter /sentinel/policies/dev -- node ${script('client.mjs')}`,
    { stdout: /assumed-role\/DevRole\/sentinel,alice,[0-9a-f]{16}/ },
  )

  title('The policy of this demo wants server mode for prod. So this is refused, and nothing is issued:')
  await run(
    `sentinel exec --profile prod --policy-file ${script('policy.yaml')} -- node ${script('client.mjs')}`,
    {
      refused: true,
      stderr: /prod-server-only.*--server/,
    },
  )

  title('Around Sentinel, with the same keys, AWS itself refuses:')
  await run(`node ${script('bypass.mjs')} ${example.roles.dev}`, { refused: true, stderr: /AccessDenied/ })

  const stamp = await stampInCloudTrail()
  if (!ran.stdout.includes(stamp))
    throw new Error(`CloudTrail shows ${stamp}, which is not what the program got`)
  title(`CloudTrail shows an AssumeRole with the SourceIdentity ${stamp}. Why was that allowed?`)
  await run(`sentinel why ${stamp}`, {
    stdout: new RegExp(`allowed, and credentials were issued[^]*dev-owner[^]*stamp +${stamp}`),
  })

  title('The decision log is chained, so that nobody can quietly change what it says:')
  await run('sentinel log verify', { stdout: /whole/ })
}

/** The SourceIdentity of the newest AssumeRole event that was let through, as an auditor finds it. */
async function stampInCloudTrail(): Promise<string> {
  const client = new CloudTrailClient({
    endpoint: aws.url,
    region: example.region,
    credentials: example.alice.keys,
  })
  const filter = { LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'AssumeRole' }] } as const
  const { Events = [] } = await client.send(
    new LookupEventsCommand({ ...filter, LookupAttributes: [...filter.LookupAttributes] }),
  )
  client.destroy()
  const stamps = Events.map((event) => JSON.parse(event.CloudTrailEvent ?? '{}'))
    .filter((event) => event.errorCode === undefined)
    .map((event) => event.requestParameters?.sourceIdentity)
  const found = stamps.find((stamp) => typeof stamp === 'string')
  if (found === undefined) throw new Error('CloudTrail shows no stamped AssumeRole')
  return found
}

function writeAwsFiles(): void {
  const { accessKeyId, secretAccessKey } = example.alice.keys
  const profile = (name: string, role: string) =>
    `[profile ${name}]\nrole_arn = ${role}\nsource_profile = alice\nregion = ${example.region}\n`
  mkdirSync(join(home, '.aws'))
  writeFileSync(
    join(home, '.aws', 'config'),
    `[profile alice]\n${profile('dev', example.roles.dev)}${profile('prod', example.roles.prod)}`,
  )
  writeFileSync(
    join(home, '.aws', 'credentials'),
    `[alice]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    { mode: 0o600 },
  )
}

async function run(line: string, wanted: Wanted): Promise<Ran> {
  say(`\n$ ${line}`)
  const [program = '', ...args] = line.split(' ')
  const argv = program === 'sentinel' ? [sentinel, ...args] : args
  const ran = await finished(argv, program === 'sentinel' ? environment : { ...environment, ...aliceKeys() })
  say((ran.stdout + ran.stderr).trimEnd().replace(/^/gm, '  '))
  const failed = ran.status !== 0
  if (failed !== (wanted.refused ?? false)) throw new Error(`\`${line}\` ended with status ${ran.status}`)
  for (const name of ['stdout', 'stderr'] as const) {
    if (!(wanted[name]?.test(ran[name]) ?? true))
      throw new Error(`\`${line}\` did not print ${wanted[name]} on ${name}`)
  }
  return ran
}

function aliceKeys() {
  const { accessKeyId, secretAccessKey } = example.alice.keys
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
}

function finished(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, {
      cwd: root,
      env,
      timeout: stepLimitMs,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const printed = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => {
      printed.stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      printed.stderr += chunk
    })
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, ...printed }))
  })
}

function title(text: string): void {
  say(`\n# ${text}`)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
