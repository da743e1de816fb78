import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { soon, systemRandom } from '../base/index.ts'
import { fakeMachine, freshFolder } from '../machine/machine.fake.ts'
import { type Kv, memoryKv, type Write } from '../store/index.ts'
import { kvContract } from '../store/kv.contract.ts'
import { reopened, unsealedBarrier, unsealWith } from './barrier.fake.ts'
import { ownStorage } from './index.ts'

const put = (key: string, text: string): Write => ({
  kind: 'put',
  key,
  value: Buffer.from(text),
  expected: 'anything',
})
const textAt = async (kv: Kv, key: string) => {
  const entry = await kv.get(key)
  return entry && Buffer.from(entry.value).toString()
}
/** Changes bits of one byte in the storage, behind the barrier's back. */
async function tamper(storage: Kv, key: string, at: number, bits: number): Promise<void> {
  const value = Uint8Array.from((await storage.get(key))?.value ?? [])
  value[at] = (value[at] ?? 0) ^ bits
  await storage.batch([{ kind: 'put', key, value, expected: 'anything' }])
}

for (const [name, open] of [
  ['memory', async () => memoryKv()],
  [
    'LMDB',
    async () => {
      const kv = await ownStorage(fakeMachine(), join(freshFolder(), 'store'))
      onTestFinished(() => kv.close())
      return kv
    },
  ],
] as const) {
  describe(`the plaintext of a barrier over ${name} is a Kv`, () => {
    for (const test of kvContract) {
      it(test.name, async () => test.run((await unsealedBarrier({ storage: await open() })).barrier.kv))
    }
    for (const limits of [{ cacheBytes: 0 }, { countStep: 1 }]) {
      const [test] = kvContract.filter((each) => each.name.startsWith('a batch happens whole'))
      it(`with ${JSON.stringify(limits)} too`, async () =>
        test?.run((await unsealedBarrier({ storage: await open(), limits })).barrier.kv))
    }
  })
}

describe('a barrier', () => {
  it('is uninitialised, then sealed, then unsealed', async () => {
    const barrier = await reopened(memoryKv())
    expect(barrier.status()).toEqual({
      state: 'uninitialised',
      shares: 0,
      threshold: 0,
      progress: 0,
      nonce: '',
    })
    await expect(barrier.unseal(new Uint8Array(33))).rejects.toMatchObject({
      message: 'Vault is not initialized',
    })
    const shares = await barrier.initialise({ shares: 5, threshold: 3 })
    expect(shares.map((share) => share.length)).toEqual([33, 33, 33, 33, 33])
    expect(barrier.status()).toMatchObject({ state: 'sealed', shares: 5, threshold: 3 })
    const [one, two, three] = shares
    const first = await barrier.unseal(two!)
    expect(first).toMatchObject({ state: 'sealed', progress: 1 })
    expect(first.nonce).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(await barrier.unseal(two!)).toEqual(first)
    expect(await barrier.unseal(three!)).toEqual({ ...first, progress: 2 })
    expect(await barrier.unseal(one!)).toEqual({ ...first, state: 'unsealed', progress: 0, nonce: '' })
    expect(await barrier.unseal(one!)).toMatchObject({ state: 'unsealed' })
  })

  it('is initialised once, also when two ask at the same moment', async () => {
    const barrier = await reopened(memoryKv())
    const asked = [1, 2].map(() => barrier.initialise({ shares: 1, threshold: 1 }))
    const ends = await Promise.allSettled(asked)
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    await expect(asked[1]).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: 'Vault is already initialized',
    })
  })

  it('does not initialise with PGP keys', async () => {
    const barrier = await reopened(memoryKv())
    await expect(barrier.initialise({ shares: 1, threshold: 1, pgpKeys: ['mQ'] })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: '`pgp_keys` is not supported: this server does not encrypt with PGP',
    })
    expect(barrier.state()).toBe('uninitialised')
  })

  it('with one share takes the key itself', async () => {
    const { barrier, shares } = await unsealedBarrier({ sharing: { shares: 1, threshold: 1 } })
    expect([shares[0]?.length, barrier.state()]).toEqual([32, 'unsealed'])
  })

  it('refuses wrong shares, and goes on from nothing', async () => {
    const { storage, shares } = await unsealedBarrier()
    const [foreign] = (await unsealedBarrier()).shares
    const barrier = await reopened(storage)
    await barrier.unseal(shares[0]!)
    await expect(barrier.unseal(foreign!)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: 'unseal failed: the keys do not open `core/keyring`; progress is 0 again',
    })
    expect(barrier.status()).toMatchObject({ state: 'sealed', progress: 0, nonce: '' })
    await unsealWith(barrier, shares)
    expect(barrier.state()).toBe('unsealed')
  })

  it('refuses what cannot be a share, and forgets shares when it is told to', async () => {
    const { storage, shares } = await unsealedBarrier()
    const barrier = await reopened(storage)
    await barrier.unseal(shares[0]!)
    await expect(barrier.unseal(shares[1]!.subarray(1))).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: 'a key has 33 bytes, not 32',
    })
    expect(barrier.status().progress).toBe(1)
    expect(barrier.resetUnseal()).toMatchObject({ progress: 0, nonce: '' })
  })

  it('keeps what was written over a restart', async () => {
    const { barrier, storage, shares } = await unsealedBarrier()
    await barrier.kv.batch([put('a', '1'), put('b', '2')])
    const next = await reopened(storage)
    await unsealWith(next, shares)
    expect([await textAt(next.kv, 'a'), await textAt(next.kv, 'b')]).toEqual(['1', '2'])
  })
})

describe('a sealed barrier', () => {
  const calls: readonly (readonly [string, (kv: Kv) => Promise<unknown>])[] = [
    ['get', async (kv) => kv.get('a')],
    ['get of what is not there', async (kv) => kv.get('nothing')],
    ['list', (kv) => kv.list({ prefix: '', limit: 10 })],
    ['list of keys', (kv) => kv.keys({ prefix: '', limit: 10 })],
    ['put', (kv) => kv.batch([put('a', '2')])],
    ['delete', (kv) => kv.batch([{ kind: 'delete', key: 'a', expected: 'anything' }])],
  ]
  for (const [name, call] of calls) {
    it(`answers no ${name}, with nothing in the cache and with something`, async () => {
      const { barrier } = await unsealedBarrier()
      await barrier.kv.batch([put('a', '1')])
      await barrier.kv.get('a')
      barrier.seal()
      expect(barrier.state()).toBe('sealed')
      await expect(call(barrier.kv)).rejects.toMatchObject({
        code: 'SERVER_SEALED',
        message: 'Vault is sealed',
      })
    })

    it(`answers no ${name} that was begun before`, async () => {
      const storage = memoryKv()
      const { barrier } = await unsealedBarrier({ storage, limits: { countStep: 2 } })
      await barrier.kv.batch([put('a', '1')])
      const answer = call(barrier.kv)
      barrier.seal()
      await expect(answer).rejects.toMatchObject({ code: 'SERVER_SEALED' })
    })
  }

  it('answers nothing that was begun before and ends after the next unseal', async () => {
    const storage = memoryKv()
    let goOn = () => {}
    const held = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const kv: Kv = {
      ...storage,
      async get(key) {
        if (key === 'a') await held
        return storage.get(key)
      },
    }
    const { barrier, shares } = await unsealedBarrier({ storage: kv })
    await barrier.kv.batch([put('a', '1')])
    const answer = barrier.kv.get('a')
    barrier.seal()
    await unsealWith(barrier, shares)
    goOn()
    await expect(answer).rejects.toMatchObject({ code: 'SERVER_SEALED' })
    expect(await textAt(barrier.kv, 'a')).toBe('1')
  })

  it('has no keys to tell of, to change or to share', async () => {
    const { barrier, shares } = await unsealedBarrier()
    const [rekeying, roots] = [barrier.rekeying(), barrier.rootGeneration()]
    const { nonce } = await rekeying.begin({ shares: 1, threshold: 1, requiresVerification: false })
    barrier.seal()
    for (const call of [
      async () => barrier.keyStatus(),
      async () => barrier.rotate(),
      async () => barrier.rekeying(),
      async () => barrier.rootGeneration(),
      async () => rekeying.status(),
      async () => rekeying.verification(),
      async () => rekeying.give(shares[0]!, nonce),
      async () => roots.status(),
      async () => roots.begin({}),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'SERVER_SEALED' })
    }
  })
})

describe('a value in the storage', () => {
  it('is unreadable, and its key readable', async () => {
    const { barrier, storage } = await unsealedBarrier()
    await barrier.kv.batch([put('secret/a', 'the value')])
    const stored = Buffer.from((await storage.get('secret/a'))?.value ?? []).toString('latin1')
    expect([stored.length, stored.includes('value')]).toEqual([5 + 12 + 9 + 16, false])
  })

  for (const [what, at, bits, why] of [
    ['with a flipped bit', 20, 1, 'it was changed, or moved here from another key'],
    ['of an unknown form', 0, 8, 'it was not written by the barrier'],
    ['of an unknown key', 4, 8, '`core/keyring` has no key 9, which it was written with'],
  ] as const) {
    it(`${what} is damage, read alone and in a list, and the others are not`, async () => {
      const { barrier, storage } = await unsealedBarrier()
      await barrier.kv.batch([put('a', '1'), put('b', '2')])
      await tamper(storage, 'a', at, bits)
      const damage = { code: 'STORE_CORRUPT', message: `\`a\` is damaged: ${why}` }
      await expect(barrier.kv.get('a')).rejects.toMatchObject(damage)
      await expect(barrier.kv.list({ prefix: '', limit: 10 })).rejects.toMatchObject(damage)
      // Whoever asks for names only has nothing decrypted.
      expect(await barrier.kv.keys({ prefix: '', limit: 10 })).toEqual(['a', 'b'])
      expect(await textAt(barrier.kv, 'b')).toBe('2')
    })
  }

  it('that was moved to another key is damage', async () => {
    const { barrier, storage } = await unsealedBarrier()
    await barrier.kv.batch([put('policy/admin', 'all'), put('policy/guest', 'nothing')])
    const value = (await storage.get('policy/admin'))!.value
    await storage.batch([{ kind: 'put', key: 'policy/guest', value, expected: 'anything' }])
    await expect(barrier.kv.get('policy/guest')).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: '`policy/guest` is damaged: it was changed, or moved here from another key',
    })
  })

  it('of the barrier itself is neither read, written nor listed', async () => {
    const { barrier } = await unsealedBarrier()
    for (const key of ['b', 'core', 'core0', 'cora']) await barrier.kv.batch([put(key, key)])
    const keysOf = async (limit: number, order: 'ascending' | 'descending', prefix = '') =>
      (await barrier.kv.list({ prefix, limit, order })).map(({ key }) => key)
    for (const limit of [4, 1000]) {
      expect(await keysOf(limit, 'ascending')).toEqual(['b', 'cora', 'core', 'core0'])
      expect(await keysOf(limit, 'descending')).toEqual(['core0', 'core', 'cora', 'b'])
    }
    expect(await keysOf(3, 'descending')).toEqual(['core0', 'core', 'cora'])
    expect(await keysOf(10, 'ascending', 'core/')).toEqual([])
    expect(await barrier.kv.keys({ prefix: '', limit: 3 })).toEqual(['b', 'cora', 'core'])
    expect(await barrier.kv.keys({ prefix: 'core/', limit: 3 })).toEqual([])
    await expect((async () => barrier.kv.get('core/keyring'))()).rejects.toMatchObject({ code: 'INTERNAL' })
    await expect(barrier.kv.batch([put('core/keyring', '')])).rejects.toMatchObject({ code: 'INTERNAL' })
  })
})

describe('the keyring in the storage', () => {
  const keyring = 'core/keyring'

  it('with any byte changed opens nothing', async () => {
    const { storage, shares } = await unsealedBarrier({ sharing: { shares: 2, threshold: 2 } })
    const bytes = (await storage.get(keyring))!.value
    for (let at = 0; at < bytes.length; at++) {
      const kv = memoryKv()
      for (const entry of await storage.list({ prefix: '', limit: 10 })) {
        await kv.batch([{ ...entry, kind: 'put', expected: 'absent' }])
      }
      await tamper(kv, keyring, at, 3)
      const outcome = reopened(kv).then((barrier) => unsealWith(barrier, shares).then(() => barrier.state()))
      // Where the number of shares was changed, there may never be enough.
      const end = await outcome.catch((thrown) => thrown.code)
      expect(['STORE_CORRUPT', 'REQUEST_INVALID', 'sealed']).toContain(end)
    }
  })

  it('that is an older one is refused', async () => {
    const { barrier, storage, shares } = await unsealedBarrier()
    const before = (await storage.get(keyring))!.value
    await barrier.rotate()
    await storage.batch([{ kind: 'put', key: keyring, value: before, expected: 'anything' }])
    const next = await reopened(storage)
    await expect(unsealWith(next, shares)).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: '`core/keyring` is damaged: it is another one than `core/keyring-check` was written with',
    })
    expect(next.state()).toBe('sealed')
  })

  it('that is older by a count only is refused too', async () => {
    const { barrier, storage, shares } = await unsealedBarrier({ limits: { countStep: 2 } })
    await barrier.kv.batch([put('a', '1')])
    const before = (await storage.get(keyring))!.value
    for (const text of ['1', '2', '3']) await barrier.kv.batch([put('a', text)])
    await storage.batch([{ kind: 'put', key: keyring, value: before, expected: 'anything' }])
    await expect(unsealWith(await reopened(storage), shares)).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
  })

  it('that is missing is not made anew over values', async () => {
    const { storage, barrier } = await unsealedBarrier()
    await barrier.kv.batch([put('a', '1')])
    await storage.batch([{ kind: 'delete', key: keyring, expected: 'anything' }])
    await expect(reopened(storage)).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: '`core/keyring` is damaged: it is missing, and the storage is not empty',
    })
    barrier.seal()
    await expect(barrier.unseal(new Uint8Array(33))).rejects.toMatchObject({
      message: '`core/keyring` is damaged: it is missing',
    })
  })

  it('that another process changed is not written over', async () => {
    const { barrier, storage, shares } = await unsealedBarrier()
    const other = await reopened(storage)
    await unsealWith(other, shares)
    await other.rotate()
    await expect(barrier.rotate()).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: '`core/keyring` is damaged: another process changed it since this one was unsealed',
    })
    expect(other.keyStatus().term).toBe(2)
  })
})

describe('data keys', () => {
  it('change when told to: the new one writes, all read', async () => {
    const { barrier, storage, shares } = await unsealedBarrier()
    await barrier.kv.batch([put('a', '1')])
    expect(barrier.keyStatus()).toMatchObject({ term: 1, installedAt: '2026-02-03T10:00:00Z' })
    await barrier.rotate()
    expect(barrier.keyStatus()).toMatchObject({ term: 2 })
    await barrier.kv.batch([put('b', '2')])
    const termAt = async (key: string) => (await storage.get(key))?.value[4]
    expect([await termAt('a'), await termAt('b')]).toEqual([1, 2])
    const next = await reopened(storage)
    await unsealWith(next, shares)
    expect([await textAt(next.kv, 'a'), await textAt(next.kv, 'b')]).toEqual(['1', '2'])
    expect(next.keyStatus().term).toBe(2)
  })

  it('are counted by what they encrypt', async () => {
    const { barrier } = await unsealedBarrier()
    await barrier.kv.batch([put('a', '1')])
    const { encryptions } = barrier.keyStatus()
    await barrier.kv.batch([put('a', '1'), put('b', '1'), { kind: 'delete', key: 'c', expected: 'anything' }])
    await barrier.kv.get('a')
    expect(barrier.keyStatus().encryptions).toBe(encryptions + 2)
  })

  it('are counted by all that they encrypt, what the barrier writes for itself too', async () => {
    const storage = memoryKv()
    let encrypted = 0
    const counting = {
      ...storage,
      batch(writes: Parameters<typeof storage.batch>[0]) {
        // The keyring alone is encrypted by the root key.
        encrypted += writes.filter(({ kind, key }) => kind === 'put' && key !== 'core/keyring').length
        return storage.batch(writes)
      },
    }
    const { barrier } = await unsealedBarrier({ storage: counting, limits: { countStep: 1 } })
    for (let time = 0; time < 20; time++) await barrier.kv.batch([put('a', '1')])
    expect(barrier.keyStatus().encryptions).toBe(encrypted)
  })

  for (const countStep of [1, 3, 10]) {
    it(`are never counted below what they encrypted, whenever the process dies (${countStep} at a time)`, async () => {
      const { storage, ...opened } = await unsealedBarrier({ limits: { countStep } })
      let { barrier } = opened
      let encrypted = 0
      for (let time = 1; time <= 30; time++) {
        await barrier.kv.batch(Array.from({ length: (time % 3) + 1 }, (_, at) => put(`k${at}`, 'v')))
        encrypted += (time % 3) + 1
        if (time % 7 === 0) {
          barrier = await reopened(storage, { countStep })
          await unsealWith(barrier, opened.shares)
        }
        expect(barrier.keyStatus().encryptions).toBeGreaterThanOrEqual(encrypted)
      }
      expect(barrier.keyStatus().encryptions).toBeLessThan(encrypted * 2 + 5 * (countStep + 4))
    })
  }

  it('change by themselves before they have encrypted too much, also with many writers at once', async () => {
    const { barrier, storage } = await unsealedBarrier({ limits: { countStep: 5, writesPerKey: 20 } })
    const keys = Array.from({ length: 100 }, (_, at) => `k${at}`)
    await Promise.all(keys.map((key) => barrier.kv.batch([put(key, key), put(`${key}+`, key)])))
    const stored = await storage.list({ prefix: 'k', limit: 1000 })
    const counts = new Map<number, number>()
    for (const { value } of stored) counts.set(value[4]!, (counts.get(value[4]!) ?? 0) + 1)
    expect(stored).toHaveLength(200)
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(20)
    expect(counts.size).toBeGreaterThanOrEqual(10)
    for (const key of keys) expect(await textAt(barrier.kv, key)).toBe(key)
  })

  it('go on after a keyring could not be written', async () => {
    const storage = memoryKv()
    let isBroken = false
    const kv: Kv = {
      ...storage,
      batch: async (writes) => {
        if (isBroken) throw new Error('disk full')
        await storage.batch(writes)
      },
    }
    const { barrier } = await unsealedBarrier({ storage: kv, limits: { countStep: 1 } })
    isBroken = true
    await expect(barrier.rotate()).rejects.toThrowError('disk full')
    await expect(barrier.kv.batch([put('a', '1')])).rejects.toThrowError('disk full')
    isBroken = false
    await barrier.kv.batch([put('a', '2')])
    expect([await textAt(barrier.kv, 'a'), barrier.keyStatus().term]).toEqual(['2', 1])
  })
})

describe('the cache of a barrier', () => {
  it('answers from memory until something is written', async () => {
    const storage = memoryKv()
    let reads = 0
    const kv: Kv = {
      ...storage,
      get: (key) =>
        soon(storage.get(key), (entry) => {
          reads++
          return entry
        }),
    }
    const { barrier } = await unsealedBarrier({ storage: kv })
    await barrier.kv.batch([put('a', '1')])
    reads = 0
    for (const _ of [1, 2, 3]) expect(await textAt(barrier.kv, 'a')).toBe('1')
    expect(reads).toBe(1)
    await barrier.kv.batch([put('a', '2')])
    expect([await textAt(barrier.kv, 'a'), reads]).toEqual(['2', 2])
  })

  it('never answers with what was there before an acknowledged write, however reads and writes fall', async () => {
    const storage = memoryKv()
    const pause = async () => {
      for (let turn = systemRandom.bytes(1)[0]! % 4; turn > 0; turn--) await undefined
    }
    const kv: Kv = {
      ...storage,
      async get(key) {
        await pause()
        const entry = await storage.get(key)
        await pause()
        return entry
      },
      async batch(writes) {
        await pause()
        await storage.batch(writes)
        await pause()
      },
    }
    const { barrier } = await unsealedBarrier({ storage: kv })
    let acknowledged = 0
    const writer = async () => {
      for (let at = 1; at <= 300; at++) {
        await barrier.kv.batch([put('a', String(at))])
        acknowledged = at
      }
    }
    const stale: string[] = []
    const reader = async () => {
      while (acknowledged < 300) {
        const before = acknowledged
        const found = Number((await textAt(barrier.kv, 'a')) ?? 0)
        if (found < before) stale.push(`${found} after ${before}`)
        await pause()
      }
    }
    await Promise.all([writer(), reader(), reader(), reader()])
    expect(stale).toEqual([])
  })
})
