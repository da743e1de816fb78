// Clients that others wrote, against `sentinel exec --server` as it is shipped: they get credentials, refresh them, and are
// refused as soon as the policy changes or their session is revoked. Each request of theirs counts, since an SDK that is
// refused asks again by itself.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, describe, expect, it } from 'vitest'
import { addParameter, example, startLocalAws } from '../dev/aws/index.ts'
import { pythonWith } from '../dev/backends/python.ts'
import { systemClock } from '../src/base/index.ts'
import { onPath } from './stories/world.ts'

const root = join(import.meta.dirname, '..')
const clients = join(root, 'dev', 'clients')
const sentinel = join(root, 'dist', 'sentinel.cjs')
const rules = (effect: string) =>
  `version: "1"\nrules:\n  - {name: only, effect: ${effect}, conditions: {}, reason: Seen by the client}\n`
const slowMs = 120_000

/** How to start a client, or why that is not possible here. */
type Client = { readonly argv: readonly string[] } | { readonly missing: string }

const found: ReadonlyMap<string, () => Client> = new Map([
  ['the AWS SDK for JavaScript', () => ({ argv: [process.execPath, join(clients, 'client.mjs')] })],
  [
    'boto3',
    () => {
      const python = pythonWith('boto3')
      return python === undefined ? { missing: 'boto3' } : { argv: [python, join(clients, 'client.py')] }
    },
  ],
  ['the AWS CLI', () => (onPath('aws') ? { argv: ['sh', join(clients, 'client.sh')] } : { missing: 'aws' })],
  ['the AWS SDK for Go', builtWithGo],
])

/** Built outside of the tree, with the caches of whoever runs the tests. */
function builtWithGo(): Client {
  if (!onPath('go')) return { missing: 'go' }
  const program = join(folder, 'go-client')
  const built = spawnSync('go', ['build', '-mod=readonly', '-o', program, '.'], {
    cwd: join(clients, 'go'),
    encoding: 'utf8',
  })
  return built.status === 0
    ? { argv: [program] }
    : { missing: `Go modules (${built.stderr.trim().split('\n').at(-1)})` }
}

const folder = mkdtempSync(join(tmpdir(), 'sentinel-clients-'))
const counts = new Map<string, readonly number[]>()
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  const line = [...counts].map(([name, each]) => `${name} ${each.join(' and ')}`).join('; ')
  const file = process.env.SENTINEL_CLOSING_LINES
  if (file !== undefined && line !== '')
    appendFileSync(file, `requests per refusal, by the policy and by a revocation: ${line}\n`)
})

describe.concurrent('against exec --server', () => {
  for (const [name, find] of found) {
    const client = find()
    if ('missing' in client) {
      it.skip(`${name}: ${client.missing} is not installed, so it was not tried`, () => {})
      continue
    }
    const arn = /^ok arn:aws:sts::111122223333:assumed-role\/DevRole\/sentinel,alice,[0-9a-f]{16}$/
    for (const [what, code, takeBack] of [
      ['the policy changes', 'POLICY_DENIED', (at: Server) => at.policy(rules('deny'))],
      ['its session is revoked', 'SESSION_REVOKED', (at: Server) => at.revoke()],
    ] as const) {
      it(
        `${name} gets credentials, refreshes them, and is refused when ${what}`,
        async () => {
          const at = await start(client.argv)
          try {
            for (const issued of [1, 2]) expect(await at.askUntil(() => at.issued() > issued)).toMatch(arn)
            await takeBack(at)
            const said = await at.askUntil(() => at.refusals().has(code))
            expect(said).toMatch(/^refused (?!.*A[KS]IA)/)
            expect(await at.end()).toBe(0)
            expect([...at.refusals().keys()]).toEqual([code])
            const count = at.refusals().get(code) ?? 0
            counts.set(name, [...(counts.get(name) ?? []), count])
            expect(count).toBeLessThanOrEqual(4)
          } finally {
            await at.close()
          }
        },
        slowMs,
      )
    }
  }
})

type Server = Awaited<ReturnType<typeof start>>

/** A server with a client behind it. */
async function start(argv: readonly string[]) {
  const aws = await startLocalAws({ clock: systemClock })
  const policy = (value: string) => {
    const { account, region } = example
    addParameter(aws.world, { account, region, name: '/sentinel/policies/dev', value })
  }
  policy(rules('require_server_session'))
  const home = mkdtempSync(join(folder, 'home-'))
  const env = environment(home, aws.url)
  const table = ['--session-table', 'local']
  const command = ['exec', '--server', '--profile', 'dev', ...table, '--', ...argv]
  const child = spawn(process.execPath, [sentinel, ...command], {
    env,
    cwd: home,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const log = () =>
    readFileSync(join(home, '.local/state/sentinel/decisions.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  const ask = async () => {
    child.stdin.write('\n')
    const { value } = await lines.next()
    return String(value)
  }
  return {
    policy,
    /**
     * Asks until the log says that it has happened: what was looked up a moment ago is not looked up again, and a slow
     * machine answers late.
     */
    async askUntil(hasHappened: () => boolean) {
      for (;;) {
        const said = await ask()
        if (hasHappened()) return said
      }
    },
    issued: () => log().filter(({ outcome }) => outcome === 'issued').length,
    async revoke() {
      const id = String(log().find(({ event }) => event === 'session.created')?.session_id)
      const argv = ['server-revoke', id, '--reason', 'test', '--table', 'local', '--aws-profile', 'carol']
      // Not waited for by the whole thread: the local AWS answers in it.
      const revoking = spawn(process.execPath, [sentinel, ...argv], {
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      expect(await new Promise((resolve) => revoking.once('exit', resolve))).toBe(0)
    },
    /** How often was asked in vain, by the code of the refusal. */
    refusals() {
      const refusals = new Map<string, number>()
      for (const { event, outcome, error_code, count } of log()) {
        if (outcome !== 'denied') continue
        const code = String(error_code)
        refusals.set(code, (refusals.get(code) ?? 0) + (event === 'repeats' ? Number(count) : 1))
      }
      return refusals
    },
    end: () => ended(child),
    async close() {
      child.kill('SIGKILL')
      await aws.close()
    },
  }
}

function ended(child: ChildProcess): Promise<number | null> {
  child.stdin?.end()
  return new Promise((resolve) => child.once('exit', resolve))
}

type Keys = { readonly accessKeyId: string; readonly secretAccessKey: string }

function environment(home: string, url: string): NodeJS.ProcessEnv {
  mkdirSync(join(home, '.aws'))
  const keys = ([name, { accessKeyId, secretAccessKey }]: readonly [string, Keys]) =>
    `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`
  writeFileSync(
    join(home, '.aws', 'credentials'),
    (
      [
        ['alice', example.alice.keys],
        ['carol', example.carol.keys],
      ] as const
    )
      .map(keys)
      .join(''),
  )
  writeFileSync(
    join(home, '.aws', 'config'),
    `[profile dev]\nregion = ${example.region}\nrole_arn = ${example.roles.dev}\nsource_profile = alice\n[profile carol]\nregion = ${example.region}\n`,
  )
  // What must not win over the endpoint: botocore reads it before it asks one.
  writeFileSync(
    join(home, '.boto'),
    '[Credentials]\naws_access_key_id = AKIAMALLORY22EXAMPLE\naws_secret_access_key = x\n',
  )
  return {
    PATH: process.env.PATH,
    // Where pyenv and the like find their Pythons.
    ...(process.env.PYENV_ROOT === undefined ? {} : { PYENV_ROOT: process.env.PYENV_ROOT }),
    HOME: home,
    AWS_ENDPOINT_URL: url,
    SENTINEL_INSECURE_ENDPOINT: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  }
}
