import { describe, expect, test } from 'vitest'
import { vaultKit } from './vault.fake.ts'

describe('operator', () => {
  for (const name of ['rekey', 'rotate-keys'])
    test(`${name} makes new shares, which must be given back where that is asked for`, async () => {
      const { ask, json, server } = await vaultKit()
      const key = Buffer.from(server.share).toString('base64')
      expect((await ask(`operator ${name} -`, key)).err).toContain('begin with -init')
      expect((await ask(`operator ${name} -init -verify -n 2 -t 2`)).out).toMatch(/^Started +true$/m)
      expect((await ask(`operator ${name} -status`)).out).toMatch(/^Progress +0\/1$/m)
      const made = (await ask(`operator ${name} -`, key)).out
      const shares = [...made.matchAll(/^Key \d: (\S+)$/gm)].map(([, share = '']) => share)
      expect([shares.length, made]).toEqual([2, expect.stringContaining('given back with -verify')])
      expect((await json(`operator ${name} -verify -status`)).errors).toBeUndefined()
      expect((await ask(`operator ${name} -verify -`, shares[0])).out).toMatch(/^Progress +1\/2$/m)
      expect((await ask(`operator ${name} -verify -`, shares[1])).out).toMatch(/^Complete +true$/m)
      await ask('operator seal')
      expect((await ask('operator unseal -', key)).status).not.toBe(0)
      for (const share of shares) await ask('operator unseal -', share)
      expect((await ask('status')).status).toBe(0)
    })

  test('rekey needs no token, and rotate-keys one that may', async () => {
    const { run, ask } = await vaultKit()
    expect((await run('operator rekey -init')).status).toBe(0)
    expect((await run('operator rekey -cancel')).status).toBe(0)
    expect(await run('operator rotate-keys -init')).toMatchObject({ status: 2, out: '' })
    expect((await ask('operator rotate-keys -init')).status).toBe(0)
    expect((await ask('operator rotate-keys -cancel')).out).toContain('Canceled')
  })

  for (const line of [
    'operator init -pgp-keys=a.asc',
    'operator init -root-token-pgp-key=a.asc',
    'operator rekey -init -pgp-keys=a.asc',
    'operator rotate-keys -init -pgp-keys=a.asc',
    'operator generate-root -init -pgp-key=a.asc',
  ])
    test(`${line} is refused, with what to do instead`, async () => {
      const { ask } = await vaultKit()
      const { status, out, err } = await ask(line)
      expect([status, out, err]).toEqual([1, '', expect.stringContaining('does not encrypt with PGP')])
      expect(err).toContain('gpg')
    })
})
