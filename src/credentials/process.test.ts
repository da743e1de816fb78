import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fakeMachine, freshFolder } from '../machine/machine.fake.ts'
import { failureOf, person } from './kit.fake.ts'
import { processCredentials } from './process.ts'

/** Runs a Node program as the `credential_process` of a profile. */
function running(program: string, parts: Parameters<typeof person>[0] = {}, args = '') {
  const folder = freshFolder()
  const file = join(folder, 'a program.cjs')
  writeFileSync(file, program)
  const command = `"${process.execPath}" "${file}" ${args}`
  const { deps } = person({ home: folder, ...parts })
  return processCredentials(deps, { kind: 'process', profile: 'dev', command }, 'dev', 30_000)
}

const printing = (output: unknown) => `console.log(${JSON.stringify(JSON.stringify(output))})`
const whole = {
  Version: 1,
  AccessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  SecretAccessKey: 'wJalrXUtnFEMI',
  SessionToken: 'token',
  Expiration: '2026-02-03T11:00:00Z',
  AccountId: '111122223333',
}

describe('what a process prints', () => {
  it('are its credentials', async () => {
    const credentials = await running(printing(whole))
    expect(credentials).toMatchObject({
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      expiresAtMs: Date.parse('2026-02-03T11:00:00Z'),
      accountId: '111122223333',
    })
    expect(credentials.secretAccessKey.reveal()).toBe('wJalrXUtnFEMI')
    expect(credentials.sessionToken?.reveal()).toBe('token')
  })

  it('may be long-term keys without expiry', async () => {
    const { SessionToken: _, Expiration: __, AccountId: ___, ...keys } = whole
    const credentials = await running(printing({ ...keys, SessionToken: null }))
    expect(Object.keys(credentials)).toEqual(['accessKeyId', 'secretAccessKey'])
  })

  for (const [name, program, text] of [
    ['nothing', '', 'it printed no JSON object'],
    ['no JSON', 'console.log("wJalrXUtnFEMI")', 'it printed no JSON object'],
    ['a list', printing([whole]), 'it printed no JSON object'],
    ['another version', printing({ ...whole, Version: 2 }), '`Version` is not 1'],
    ['the version as text', printing({ ...whole, Version: '1' }), '`Version` is not 1'],
    ['no key', printing({ ...whole, AccessKeyId: '' }), '`AccessKeyId` or `SecretAccessKey` is missing'],
    ['a number for a key', printing({ ...whole, SecretAccessKey: 7 }), '`SecretAccessKey` is not a text'],
    ['no time', printing({ ...whole, Expiration: 'soon' }), '`Expiration` is not a time'],
  ] as const) {
    it(`${name}: refused, and never quoted`, async () => {
      const error = await failureOf(running(program))
      expect(error.code).toBe('CREDENTIAL_PROCESS_FAILED')
      expect(error.message).toContain(text)
      expect(error.message).not.toContain('wJalr')
    })
  }

  it('credentials that have expired are refused', async () => {
    const error = await failureOf(running(printing(whole), { machine: fakeMachine('2026-02-03T11:00:00Z') }))
    expect(error.code).toBe('STS_EXPIRED_CREDENTIALS')
  })
})

describe('a process that fails', () => {
  it('is quoted from stderr, stripped and cut', async () => {
    const program = `process.stderr.write('\\u001b[31mlog in\\nfirst\\u202e ' + 'x '.repeat(500)); process.exit(3)`
    const { code, message, details } = await failureOf(running(program))
    expect(code).toBe('CREDENTIAL_PROCESS_FAILED')
    expect(message).toMatch(/exit status 3$/)
    expect(details).toEqual([expect.stringMatching(/it said: log in first (x )+x?…$/)])
    expect(details[0]?.length).toBeLessThan(450)
  })

  it('keeps what looks like a secret out of the message, which is logged, and out of the quotation', async () => {
    const said = JSON.stringify({
      SecretAccessKey: 'short',
      Token: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    })
    const program = `process.stderr.write(${JSON.stringify(`failed: ${said} password=hunter2`)}); process.exit(1)`
    const { message, details } = await failureOf(running(program))
    expect(message).not.toContain('failed: {')
    expect(details.join()).toContain('it said: failed:')
    expect(message + details.join()).not.toMatch(/short|wJalr|hunter2/)
  })

  it('by a signal', async () => {
    expect((await failureOf(running('process.kill(process.pid, "SIGTERM")'))).message).toContain(
      'signal SIGTERM',
    )
  })

  it('because it is not there, or no program, or an open quote', async () => {
    const { deps, home } = person()
    writeFileSync(join(home, 'plain'), '', { mode: 0o600 })
    for (const [command, text] of [
      ['/nowhere/tool --x', '`/nowhere/tool` is not found'],
      [join(home, 'plain'), 'is not executable'],
      ['tool "x', 'has an open quote'],
    ] as const) {
      const run = processCredentials(deps, { kind: 'process', profile: 'dev', command }, 'dev')
      expect((await failureOf(run)).message).toContain(text)
    }
  })

  it('by not ending, even when a child of its holds the pipe', async () => {
    const program = `require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 5000)'], { stdio: 'inherit' })`
    const folder = freshFolder()
    writeFileSync(join(folder, 'hang.cjs'), program)
    const { deps } = person({ home: folder })
    const command = `"${process.execPath}" "${join(folder, 'hang.cjs')}"`
    const run = processCredentials(deps, { kind: 'process', profile: 'dev', command }, 'dev', 300)
    expect((await failureOf(run)).message).toContain('did not end within')
  })

  it('or is interrupted', async () => {
    const stop = new AbortController()
    const run = running('setInterval(() => {}, 1000)', { signal: stop.signal })
    stop.abort()
    expect((await failureOf(run)).code).toBe('CANCELLED')
  })
})

describe('a process that would call sentinel for the same profile', () => {
  for (const [name, command] of [
    ['by name', 'sentinel credentials --profile dev --policy-parameter /p'],
    ['by path', '/opt/bin/sentinel credentials --profile=dev'],
    ['through node', '"/usr/bin/node" "/x y/sentinel.cjs" credentials --profile "dev"'],
    ['for the profile that is asked for', 'npx sentinel-gateway credentials --profile target'],
  ] as const) {
    it(`${name} is never started`, async () => {
      const { deps } = person()
      const run = processCredentials(deps, { kind: 'process', profile: 'dev', command }, 'target')
      expect((await failureOf(run)).code).toBe('CREDENTIAL_PROCESS_RECURSION')
    })
  }

  it('for another profile is started', async () => {
    const credentials = await running(printing(whole), {}, 'sentinel credentials --profile other')
    expect(credentials.accessKeyId).toBe('ASIAIOSFODNN7EXAMPLE')
  })

  it('in a roundabout way is stopped by the marker that it inherits', async () => {
    const program = `console.log(JSON.stringify({ Version: 1, AccessKeyId: process.env.SENTINEL_CREDENTIAL_PROCESS_DEPTH, SecretAccessKey: 's' }))`
    expect((await running(program)).accessKeyId).toBe('1')
    const inside = running(program, { env: { SENTINEL_CREDENTIAL_PROCESS_DEPTH: '1' } })
    expect((await failureOf(inside)).code).toBe('CREDENTIAL_PROCESS_RECURSION')
  })
})
