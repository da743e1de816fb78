// What needs no token and may be done once is asked for by many at once: exactly one gets it, and what it got works.

import { describe, expect, onTestFinished, test } from 'vitest'
import { codeOf, coreKit } from '../core.fake.ts'
import type { Data } from '../door.ts'

const many = 25

async function opened() {
  const kit = await coreKit()
  onTestFinished(() => kit.core.close())
  return kit
}

/** What each of many calls at once came to. */
async function atOnce(
  call: (at: number) => Promise<Data>,
): Promise<{ readonly done: readonly Data[]; readonly refused: number }> {
  const settled = await Promise.allSettled(Array.from({ length: many }, (_, at) => call(at)))
  const done = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  return { done, refused: many - done.length }
}

describe(`of ${many} at once`, () => {
  test('one initialises, and has the only key and the only root token', async () => {
    const { ask } = await opened()
    const sharing = (at: number) => ({ secret_shares: 1 + (at % 3), secret_threshold: 1 })
    const { done, refused } = await atOnce((at) => ask('update', 'sys/init', '', sharing(at)))
    expect([done.length, refused]).toEqual([1, many - 1])
    const [made = {}] = done
    await ask('update', 'sys/unseal', '', { key: (made.keys as readonly string[])[0] })
    expect(await ask('read', 'auth/token/lookup-self', String(made.root_token))).toMatchObject({
      data: { policies: ['root'] },
    })
    expect((await ask('list', 'auth/token/accessors/', String(made.root_token))).data).toMatchObject({
      keys: [expect.any(String)],
    })
  })

  test('one unseals, and the server is one', async () => {
    const { core, ask } = await opened()
    const made = await ask('update', 'sys/init', '', { secret_shares: 3, secret_threshold: 2 })
    const keys = made.keys as readonly string[]
    await atOnce((at) => ask('update', 'sys/unseal', '', { key: keys[at % 2] }))
    expect(await ask('read', 'sys/seal-status')).toMatchObject({ sealed: false })
    await ask('update', 'sys/mounts/a', String(made.root_token), { type: 'kv' })
    expect(await codeOf(ask('read', 'sys/mounts/a', String(made.root_token)))).toBe('none')
    await core.tick()
  })

  test('one begins to make a root token, and one of the last shares gets it', async () => {
    const { core, ask } = await opened()
    const { share, rootToken } = await core.develop()
    const key = Buffer.from(share).toString('hex')
    const begun = await atOnce(() => ask('update', 'sys/generate-root/attempt'))
    expect(begun.done.length).toBe(1)
    const [{ nonce = '' } = {}] = begun.done
    const { done } = await atOnce(() => ask('update', 'sys/generate-root/update', '', { key, nonce }))
    expect(done.filter(({ complete }) => complete === true)).toHaveLength(1)
    const accessors = await ask('list', 'auth/token/accessors/', rootToken.reveal())
    expect((accessors.data as { readonly keys: readonly string[] }).keys).toHaveLength(2)
  })

  test('one makes another key, and the old one opens nothing any more', async () => {
    const { core, ask } = await opened()
    const { share, rootToken } = await core.develop()
    const key = Buffer.from(share).toString('hex')
    const wanted = { secret_shares: 1, secret_threshold: 1 }
    const begun = await atOnce(() => ask('update', 'sys/rekey/init', '', wanted))
    expect(begun.done.length).toBe(1)
    const [{ nonce = '' } = {}] = begun.done
    const { done } = await atOnce(() => ask('update', 'sys/rekey/update', '', { key, nonce }))
    const [made = {}, ...more] = done.filter(({ complete }) => complete === true)
    expect(more).toEqual([])
    await ask('update', 'sys/seal', rootToken.reveal())
    expect(await codeOf(ask('update', 'sys/unseal', '', { key }))).toBe('REQUEST_INVALID')
    await ask('update', 'sys/unseal', '', { key: (made.keys as readonly string[])[0] })
    expect(await ask('read', 'sys/seal-status')).toMatchObject({ sealed: false })
  })

  test('a seal in the middle of them leaves a server that is sealed, and opens again', async () => {
    const { core, ask } = await opened()
    const { share, rootToken } = await core.develop()
    const [root, key] = [rootToken.reveal(), Buffer.from(share).toString('hex')]
    const { refused } = await atOnce((at) =>
      at === 12
        ? ask('update', 'sys/seal', root)
        : ask('update', `secret/data/${at}`, root, { data: { at } }),
    )
    expect(refused).toBeGreaterThan(0)
    expect(await ask('read', 'sys/seal-status')).toMatchObject({ sealed: true })
    expect(await codeOf(ask('read', 'secret/data/1', root))).toBe('SERVER_SEALED')
    await ask('update', 'sys/unseal', '', { key })
    expect(await codeOf(ask('update', 'secret/data/1', root, { data: { at: 1 } }))).toBe('none')
  })

  test('shares that are wrong cost nothing but the attempt', async () => {
    const { core, ask } = await opened()
    const { share, rootToken } = await core.develop()
    const wrong = Buffer.from(share).fill(7).toString('hex')
    await ask('update', 'sys/seal', rootToken.reveal())
    const { done } = await atOnce(() => ask('update', 'sys/unseal', '', { key: wrong }))
    expect(done).toEqual([])
    await ask('update', 'sys/unseal', '', { key: Buffer.from(share).toString('hex') })
    expect(await ask('read', 'sys/seal-status')).toMatchObject({ sealed: false })
  })
})
