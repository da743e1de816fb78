import { describe, expect, it } from 'vitest'
import { Secret } from '../base/index.ts'
import { unsealedBarrier } from './barrier.fake.ts'
import { otpLength } from './index.ts'

const token = 'hvs.EXAMPLEEXAMPLEEXAMPLE123'
const makeToken = async () => new Secret(token)
const never = async () => {
  throw new Error('nobody may be given a token')
}

/** What its holder does with the answer. */
const decode = (encoded: string, otp: string) =>
  Buffer.from(Buffer.from(encoded, 'base64').map((byte, at) => byte ^ otp.charCodeAt(at))).toString()

describe('a new root token', () => {
  for (const [what, otp] of [
    ['that was made here', undefined],
    ['that was brought', 'brought-by-whoever-begins-it'],
  ] as const) {
    it(`comes under a password ${what}`, async () => {
      const { barrier, shares } = await unsealedBarrier()
      const roots = barrier.rootGeneration()
      expect(roots.status()).toEqual({ started: false, nonce: '', progress: 0, required: 2 })
      const begun = await roots.begin(otp === undefined ? {} : { otp: new Secret(otp) })
      const { nonce } = begun
      expect(begun).toMatchObject({ started: true, progress: 0, required: 2 })
      expect(begun.otp?.reveal()).toEqual(
        otp === undefined ? expect.stringMatching(/^[0-9A-Za-z]{28}$/) : undefined,
      )
      expect(roots.status()).toEqual({ started: true, nonce, progress: 0, required: 2 })
      expect(await roots.give(shares[0]!, nonce, never)).toMatchObject({ progress: 1, encoded: undefined })
      expect(await roots.give(shares[0]!, nonce, never)).toMatchObject({ progress: 1, encoded: undefined })
      const done = await roots.give(shares[2]!, nonce, makeToken)
      expect(done).toMatchObject({ progress: 2, required: 2, nonce })
      expect(done.encoded).toMatch(/^[A-Za-z0-9+/]{38}$/)
      expect(decode(done.encoded!, otp ?? begun.otp!.reveal())).toBe(token)
      expect(roots.status()).toMatchObject({ started: false, nonce: '' })
    })
  }

  it('is as long as its password', () => expect(token.length).toBe(otpLength))

  it('has another password each time', async () => {
    const roots = (await unsealedBarrier()).barrier.rootGeneration()
    const seen = new Set<string>()
    for (let time = 0; time < 50; time++) {
      seen.add((await roots.begin({})).otp!.reveal())
      await roots.cancel()
    }
    expect(seen.size).toBe(50)
    expect(new Set([...seen].join('')).size).toBe(62)
  })

  for (const [what, request, message] of [
    [
      'a short password',
      { otp: new Secret('short') },
      'OTP string is wrong length: it must have 28 characters',
    ],
    ['a PGP key', { pgpKey: 'mQ' }, '`pgp_key` is not supported: this server does not encrypt with PGP'],
  ] as const) {
    it(`is not begun with ${what}`, async () => {
      const roots = (await unsealedBarrier()).barrier.rootGeneration()
      await expect(roots.begin(request)).rejects.toMatchObject({ code: 'REQUEST_INVALID', message })
      expect(roots.status().started).toBe(false)
    })
  }

  it('is begun once, ended by who cancels it, and takes shares under its nonce only', async () => {
    const { barrier, shares } = await unsealedBarrier()
    const roots = barrier.rootGeneration()
    await expect(roots.give(shares[0]!, '', never)).rejects.toMatchObject({
      message: 'no root generation in progress',
    })
    const { nonce } = await roots.begin({})
    await expect(roots.begin({})).rejects.toMatchObject({ message: 'root generation already in progress' })
    await expect(roots.give(shares[0]!, 'n', never)).rejects.toMatchObject({
      message: `incorrect nonce supplied; nonce for this root generation operation is "${nonce}"`,
    })
    await roots.give(shares[0]!, nonce, never)
    await roots.cancel()
    await roots.cancel()
    expect((await roots.begin({})).progress).toBe(0)
  })

  it('is not made for wrong shares, and they have to be given again', async () => {
    const { barrier, shares } = await unsealedBarrier()
    const foreign = (await unsealedBarrier()).shares
    const roots = barrier.rootGeneration()
    const { nonce } = await roots.begin({})
    await roots.give(shares[0]!, nonce, never)
    await expect(roots.give(foreign[1]!, nonce, never)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: 'root generation failed: incorrect key shares supplied; progress is 0 again',
    })
    expect(roots.status()).toMatchObject({ started: true, nonce, progress: 0 })
    await roots.give(shares[1]!, nonce, never)
    expect((await roots.give(shares[0]!, nonce, makeToken)).encoded).toBeDefined()
  })

  it('is made once, when all give their shares at the same moment', async () => {
    const { barrier, shares } = await unsealedBarrier({ sharing: { shares: 6, threshold: 2 } })
    const roots = barrier.rootGeneration()
    const { nonce } = await roots.begin({})
    let made = 0
    const counted = async () => {
      made++
      return makeToken()
    }
    await Promise.allSettled(shares.map((share) => roots.give(share, nonce, counted)))
    expect(made).toBe(1)
  })
})
