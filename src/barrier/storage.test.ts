import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fakeMachine, freshFolder } from '../machine/machine.fake.ts'
import { ownStorage } from './index.ts'

describe('a storage folder', () => {
  it('belongs to one server until that one closes it', async () => {
    const folder = join(freshFolder(), 'storage')
    const first = await ownStorage(fakeMachine(), folder)
    await first.batch([{ kind: 'put', key: 'a', value: Buffer.from('1'), expected: 'absent' }])
    await expect(ownStorage(fakeMachine(), folder)).rejects.toMatchObject({
      code: 'SERVER_UNAVAILABLE',
      message: `the storage \`${folder}\` is in use by another server`,
    })
    await first.close()
    const second = await ownStorage(fakeMachine(), folder)
    onTestFinished(() => second.close())
    expect((await second.get('a'))?.key).toBe('a')
  })

  it('that cannot be opened is let go of', async () => {
    const folder = join(freshFolder(), 'storage')
    mkdirSync(folder)
    writeFileSync(join(folder, 'data.mdb'), 'my notes', { mode: 0o600 })
    for (const _ of [1, 2]) {
      await expect(ownStorage(fakeMachine(), folder)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    }
    expect(readdirSync(folder)).toEqual(['data.mdb'])
  })
})
