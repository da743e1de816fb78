import { describe, expect, it } from 'vitest'
import { type OpenedBarrier, reopened, unsealedBarrier, unsealWith } from './barrier.fake.ts'
import type { Rekeying, RekeyProgress } from './index.ts'

const plain = { shares: 4, threshold: 3, requiresVerification: false }
const verified = { ...plain, requiresVerification: true }

/** Gives shares to a rekeying until it is done. */
async function give(rekeying: Rekeying, nonce: string, shares: readonly Uint8Array[]) {
  let progress: RekeyProgress | undefined
  for (const share of shares) if (progress?.kind !== 'done') progress = await rekeying.give(share, nonce)
  if (progress?.kind !== 'done') throw new Error('these were too few')
  return progress
}

const opens = async ({ storage }: OpenedBarrier, shares: readonly Uint8Array[]) => {
  const barrier = await reopened(storage)
  await unsealWith(barrier, shares).catch(() => {})
  return barrier.state() === 'unsealed'
}

describe('a new root key', () => {
  it('takes the place of the old one, with new shares, and everything is still there', async () => {
    const opened = await unsealedBarrier()
    const { barrier, shares } = opened
    await barrier.kv.batch([{ kind: 'put', key: 'a', value: Buffer.from('1'), expected: 'absent' }])
    const rekeying = barrier.rekeying()
    const { nonce, ...begun } = await rekeying.begin(plain)
    expect(begun).toEqual({ ...plain, started: true, progress: 0, required: 2, verificationNonce: '' })
    const first = await rekeying.give(shares[0]!, nonce)
    expect(first).toEqual({ kind: 'waiting', status: { ...begun, nonce, progress: 1 } })
    expect(await rekeying.give(shares[0]!, nonce)).toEqual(first)
    const done = await give(rekeying, nonce, shares.slice(1))
    expect(done).toMatchObject({ nonce, verificationNonce: '' })
    expect(done.shares.map((share) => share.length)).toEqual([33, 33, 33, 33])
    expect(rekeying.status()).toMatchObject({ started: false, nonce: '', progress: 0, required: 3 })
    expect(barrier.status()).toMatchObject({ shares: 4, threshold: 3, state: 'unsealed' })
    expect([await opens(opened, shares), await opens(opened, done.shares.slice(1))]).toEqual([false, true])
    expect(Buffer.from((await barrier.kv.get('a'))?.value ?? []).toString()).toBe('1')
    barrier.seal()
    expect(barrier.status()).toMatchObject({ shares: 4, threshold: 3 })
    await unsealWith(barrier, done.shares)
    expect(barrier.state()).toBe('unsealed')
  })

  it('can be rekeyed again, down to one share', async () => {
    const opened = await unsealedBarrier()
    const rekeying = opened.barrier.rekeying()
    const first = await give(rekeying, (await rekeying.begin(plain)).nonce, opened.shares)
    const one = { shares: 1, threshold: 1, requiresVerification: false }
    const second = await give(rekeying, (await rekeying.begin(one)).nonce, first.shares)
    expect(second.shares.map((share) => share.length)).toEqual([32])
    expect([await opens(opened, first.shares), await opens(opened, second.shares)]).toEqual([false, true])
  })

  for (const [what, request, message] of [
    ['an impossible sharing', { ...plain, threshold: 5 }, 'threshold cannot be larger than shares'],
    [
      'PGP keys',
      { ...plain, pgpKeys: ['mQ'] },
      '`pgp_keys` is not supported: this server does not encrypt with PGP',
    ],
  ] as const) {
    it(`is not begun with ${what}`, async () => {
      const rekeying = (await unsealedBarrier()).barrier.rekeying()
      await expect(rekeying.begin(request)).rejects.toMatchObject({ code: 'REQUEST_INVALID', message })
      expect(rekeying.status().started).toBe(false)
    })
  }

  it('is begun once; others have to wait or cancel it', async () => {
    const { barrier, shares } = await unsealedBarrier()
    const rekeying = barrier.rekeying()
    await expect(rekeying.give(shares[0]!, '')).rejects.toMatchObject({ message: 'no rekey in progress' })
    const { nonce } = await rekeying.begin(plain)
    await expect(rekeying.begin(plain)).rejects.toMatchObject({ message: 'rekey already in progress' })
    await expect(rekeying.give(shares[0]!, 'n')).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: `incorrect nonce supplied; nonce for this rekey operation is "${nonce}"`,
    })
    await rekeying.cancel()
    expect(rekeying.status()).toMatchObject({ started: false, nonce: '' })
    expect((await rekeying.begin(plain)).nonce).not.toBe(nonce)
  })

  it('is not made for wrong shares, and they have to be given again', async () => {
    const opened = await unsealedBarrier()
    const { barrier, shares } = opened
    const foreign = (await unsealedBarrier()).shares
    const rekeying = barrier.rekeying()
    const { nonce } = await rekeying.begin(plain)
    await rekeying.give(shares[0]!, nonce)
    await expect(rekeying.give(foreign[0]!, nonce)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: 'rekey failed: incorrect key shares supplied; progress is 0 again',
    })
    expect(rekeying.status()).toMatchObject({ started: true, nonce, progress: 0 })
    expect(await opens(opened, shares)).toBe(true)
  })

  it('is made once, when all give their shares at the same moment', async () => {
    const opened = await unsealedBarrier({ sharing: { shares: 4, threshold: 2 } })
    const rekeying = opened.barrier.rekeying()
    const { nonce } = await rekeying.begin(plain)
    const ends = await Promise.allSettled(opened.shares.map((share) => rekeying.give(share, nonce)))
    const done = ends.flatMap((end) =>
      end.status === 'fulfilled' && end.value.kind === 'done' ? [end.value] : [],
    )
    expect(done).toHaveLength(1)
    expect(await opens(opened, done[0]!.shares)).toBe(true)
  })

  it('that could not be written is none', async () => {
    const opened = await unsealedBarrier()
    const { barrier, shares, storage } = opened
    const other = await reopened(storage)
    await unsealWith(other, shares)
    await other.rotate()
    const rekeying = barrier.rekeying()
    const { nonce } = await rekeying.begin(plain)
    await expect(give(rekeying, nonce, shares)).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
    expect(await opens(opened, shares)).toBe(true)
  })
})

describe('a new root key that is to be verified', () => {
  const begun = async () => {
    const opened = await unsealedBarrier()
    const rekeying = opened.barrier.rekeying()
    const { nonce } = await rekeying.begin(verified)
    return { opened, rekeying, nonce, done: await give(rekeying, nonce, opened.shares) }
  }

  it('opens nothing until enough of its shares were given back', async () => {
    const { opened, rekeying, done } = await begun()
    const nonce = done.verificationNonce
    expect(rekeying.status()).toMatchObject({
      started: true,
      requiresVerification: true,
      verificationNonce: nonce,
    })
    expect(rekeying.verification()).toEqual({ started: true, nonce, shares: 4, threshold: 3, progress: 0 })
    expect([await opens(opened, opened.shares), await opens(opened, done.shares)]).toEqual([true, false])
    expect(await rekeying.verify(done.shares[3]!, nonce)).toMatchObject({ complete: false, progress: 1 })
    expect(await rekeying.verify(done.shares[3]!, nonce)).toMatchObject({ complete: false, progress: 1 })
    expect(await rekeying.verify(done.shares[1]!, nonce)).toMatchObject({ complete: false, progress: 2 })
    expect(await rekeying.verify(done.shares[2]!, nonce)).toMatchObject({ complete: true, nonce })
    expect([await opens(opened, opened.shares), await opens(opened, done.shares)]).toEqual([false, true])
    expect(rekeying.status().started).toBe(false)
    expect(rekeying.verification()).toEqual({
      started: false,
      nonce: '',
      shares: 0,
      threshold: 0,
      progress: 0,
    })
  })

  it('is not verified by wrong shares', async () => {
    const { opened, rekeying, done } = await begun()
    const nonce = done.verificationNonce
    await rekeying.verify(done.shares[0]!, nonce)
    await rekeying.verify(done.shares[1]!, nonce)
    await expect(rekeying.verify(opened.shares[0]!, nonce)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: 'rekey verification failed: incorrect key shares supplied; progress is 0 again',
    })
    expect(rekeying.verification()).toMatchObject({ nonce, progress: 0 })
    expect(await opens(opened, opened.shares)).toBe(true)
  })

  it('is verified from the beginning under another nonce', async () => {
    const { rekeying, done } = await begun()
    await rekeying.verify(done.shares[0]!, done.verificationNonce)
    const again = await rekeying.restartVerification()
    expect(again).toMatchObject({ started: true, progress: 0 })
    expect(again.nonce).not.toBe(done.verificationNonce)
    await expect(rekeying.verify(done.shares[0]!, done.verificationNonce)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    })
    for (const share of done.shares.slice(0, 2)) await rekeying.verify(share, again.nonce)
    expect(await rekeying.verify(done.shares[2]!, again.nonce)).toMatchObject({ complete: true })
  })

  it('takes no more shares of the old key, and is gone when it is cancelled', async () => {
    const { opened, rekeying, done, nonce } = await begun()
    await expect(rekeying.give(opened.shares[0]!, nonce)).rejects.toMatchObject({
      message: 'rekey operation already finished; it waits for verification',
    })
    await rekeying.cancel()
    await expect(rekeying.verify(done.shares[0]!, done.verificationNonce)).rejects.toMatchObject({
      message: 'no rekey verification in progress',
    })
    await expect(rekeying.restartVerification()).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
    expect([await opens(opened, opened.shares), await opens(opened, done.shares)]).toEqual([true, false])
  })
})
