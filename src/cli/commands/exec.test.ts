import { chmodSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { example } from '../../../dev/aws/index.ts'
import { type Desk, desk, openPolicy, policy } from '../desk.fake.ts'

/** A desk at which dev may be used, and a script that shows its environment. */
async function openDesk(): Promise<Desk> {
  const at = await desk()
  at.putPolicy('/sentinel/policies/dev', openPolicy)
  at.env.PATH = `${at.env.PATH}:${at.home}`
  at.write('env.mjs', 'console.log(JSON.stringify(process.env))\n')
  return at
}

const exec = (at: Desk, ...words: string[]) => at.run('exec', '--profile', 'dev', '--', ...words)
const node = process.execPath

it('gives a command the credentials and nothing else that is a source of them', async () => {
  const at = await openDesk()
  Object.assign(at.env, { AWS_PROFILE: 'carol', AWS_WEB_IDENTITY_TOKEN_FILE: '/t', KEPT: 'yes' })
  const { status, stdout, stderr } = await exec(at, node, 'env.mjs')
  expect([status, stderr]).toEqual([0, ''])
  const child = JSON.parse(stdout)
  const [decision, outcome] = at.log()
  expect(child).toMatchObject({
    AWS_ACCESS_KEY_ID: outcome?.access_key_id,
    AWS_CREDENTIAL_EXPIRATION: '2026-02-03T11:00:00Z',
    AWS_REGION: example.region,
    AWS_SENTINEL: 'dev',
    AWS_VAULT: 'dev',
    SENTINEL_REQUEST_ID: decision?.request_id,
    KEPT: 'yes',
  })
  expect(child.AWS_SESSION_TOKEN).not.toBe('')
  for (const name of ['AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE']) expect(child).not.toHaveProperty(name)
  expect(decision).toMatchObject({ mode: 'cli' })
})

describe('ends as the command ends', () => {
  for (const [name, words, status] of [
    ['its exit status', [node, '-e', 'process.exit(42)'], 42],
    ['success', [node, '-e', '0'], 0],
    [
      '128 and the number of the signal that it died from',
      [node, '-e', 'process.kill(process.pid, "SIGTERM")'],
      143,
    ],
    ['a shell line', ['sh', '-c', 'exit 3'], 3],
  ] as const) {
    it(name, async () => {
      const at = await openDesk()
      expect((await exec(at, ...words)).status).toBe(status)
    })
  }
})

it('runs the shell where no command is given', async () => {
  const at = await openDesk()
  at.env.SHELL = at.write('shell', '#!/bin/sh\nexit 9\n')
  chmodSync(at.env.SHELL, 0o700)
  expect((await at.run('exec', '--profile', 'dev')).status).toBe(9)
})

describe('asks for nothing', () => {
  for (const [name, words, status, code] of [
    ['when the command does not exist', ['no-such-command'], 127, 'COMMAND_NOT_FOUND'],
    ['when the file may not be executed', ['env.mjs'], 126, 'COMMAND_NOT_EXECUTABLE'],
  ] as const) {
    it(name, async () => {
      const at = await openDesk()
      const ran = await exec(at, ...words)
      expect([ran.status, ran.stdout]).toEqual([status, ''])
      expect(ran.stderr).toContain(`[${code}]`)
      expect([at.calls(), at.log()]).toEqual([[], []])
    })
  }

  for (const variable of ['AWS_SENTINEL', 'AWS_VAULT']) {
    it(`inside another session (${variable}), unless that is forced`, async () => {
      const at = await openDesk()
      at.env[variable] = 'prod'
      const ran = await exec(at, node, '-e', '0')
      expect([ran.status, at.calls(), at.log()]).toEqual([1, [], []])
      expect(ran.stderr).toContain('profile `prod`')
      expect(ran.stderr).toContain('[NESTED_SESSION]')
      expect((await at.run('exec', '--force', '--profile', 'dev', '--', node, '-e', '0')).status).toBe(0)
    })
  }
})

it('starts no command after a refusal', async () => {
  const at = await desk()
  at.putPolicy('/sentinel/policies/dev', policy('{name: served, effect: require_server, conditions: {}}'))
  const { status, stdout, stderr } = await exec(at, node, '-e', 'console.log("ran")')
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/^sentinel: error: `dev` refused by rule `served`; .*--server.*\[POLICY_DENIED\]\n$/)
})

for (const flags of [
  ['--lazy'],
  ['--token-in-environment'],
  ['--server-port', '4711'],
  ['--server-duration', '1h'],
  ['--server-duration', '15m'],
] as const) {
  it(`${flags.join(' ')} without --server is no choice, and nothing is asked for`, async () => {
    const at = await desk()
    const { status, stderr } = await at.run('exec', '--profile', 'dev', ...flags, '--', 'node')
    expect(status).toBe(1)
    expect(stderr).toMatch(/`--[a-z-]+` is for server mode \[USAGE\]\nsentinel: hint: add --server/)
    expect([at.calls(), at.log()]).toEqual([[], []])
  })
}

it('hands a signal on to the command', async () => {
  const at = await openDesk()
  const script = at.write(
    'wait.mjs',
    `import { writeFileSync } from 'node:fs'
process.on('SIGTERM', () => process.exit(7))
setInterval(() => {}, 1000)
writeFileSync('ready', '')
`,
  )
  const running = exec(at, node, script)
  while (!isThere(at, 'ready')) await new Promise((resolve) => setTimeout(resolve, 5))
  at.signal('SIGTERM')
  expect((await running).status).toBe(7)
})

function isThere(at: Desk, name: string): boolean {
  try {
    at.read(name)
    return true
  } catch {
    return false
  }
}
