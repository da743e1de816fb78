// Methods and secrets as the storage keeps them.

import { expect, test } from 'vitest'
import { fakeClock } from '../base/clock.fake.ts'
import { systemRandom } from '../base/index.ts'
import { memoryKv } from '../store/index.ts'
import { appOf } from './app.fake.ts'
import { openMfa, type Person } from './index.ts'

const bob: Person = {
  entity: { id: 'e1', name: 'bob', metadata: new Map(), aliases: [] },
  alias: undefined,
}

async function opened(kv = memoryKv()) {
  const clock = fakeClock('2026-03-01T00:00:00Z')
  const mfa = await openMfa({ kv, clock, random: systemRandom, factors: new Map() })
  const check = (code: string) => mfa.check('app', { person: bob, code, address: '192.0.2.1' })
  return { kv, clock, mfa, check }
}

test('methods, secrets and used codes are there after a restart', async () => {
  const { kv, mfa, check, clock } = await opened()
  await mfa.writeTotp('app', { issuer: 'Example', digits: 8, algorithm: 'SHA512' })
  const settings = { mountAccessor: 'userpass_1', settings: new Map([['settings_file_base64', 'c2VjcmV0']]) }
  await mfa.writePush('pingid', 'ping', settings)
  const made = await mfa.enrol('app', { id: 'e1', name: 'bob' })
  const code = appOf(made?.url.reveal() ?? '', () => clock.now())
  expect(await check(code())).toEqual({ valid: true })
  const again = await opened(kv)
  expect(again.mfa.names()).toEqual(['app', 'ping'])
  expect(again.mfa.method('ping')).toEqual(mfa.method('ping'))
  expect(await again.check(code())).toMatchObject({ valid: false, fault: 'wrong' })
  expect(await again.check(code(30))).toEqual({ valid: true })
})

test('a change of a method leaves the apps as they are', async () => {
  const { mfa, check, clock } = await opened()
  await mfa.writeTotp('app', { issuer: 'Example' })
  const made = await mfa.enrol('app', { id: 'e1', name: 'bob' })
  await mfa.writeTotp('app', { issuer: 'Other', digits: 8, periodSeconds: 60 })
  expect(await check(appOf(made?.url.reveal() ?? '', () => clock.now())())).toEqual({ valid: true })
})

test('a method that is removed leaves nothing behind', async () => {
  const { kv, mfa } = await opened()
  await mfa.writeTotp('app', { issuer: 'Example' })
  await mfa.enrol('app', { id: 'e1', name: 'bob' })
  await mfa.remove('app')
  expect(await kv.keys({ prefix: '', limit: 10 })).toEqual([])
})

test('what is secret is not printed', async () => {
  const { mfa } = await opened()
  await mfa.writeTotp('app', { issuer: 'Example' })
  const made = await mfa.enrol('app', { id: 'e1', name: 'bob' })
  expect(JSON.stringify(made)).toBe('{"url":"[secret]","barcode":"[secret]"}')
})
