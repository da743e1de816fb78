// A small share of `npm run crash`, and proof that it would notice.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemRandom } from '../../src/base/index.ts'
import { freshFolder } from '../../src/machine/machine.fake.ts'
import { localKv } from '../../src/store/index.ts'
import { closingLine } from '../closing-line.ts'
import { machine } from '../machine.ts'
import { crash } from './crash.ts'
import { identityCrash } from './identity-crash.ts'
import { kvCrash } from './kv-crash.ts'
import { afterDeed as afterKvDeed, type Deed, secretText } from './kv-secrets.ts'
import { formsOf, search } from './search.ts'
import { afterDeed, deedOf, difference } from './writes.ts'

it('a killed server has kept every write that it acknowledged, and no secret is in a file', async () => {
  const { kills, acknowledged, faults, searchedBytes } = await crash({
    kills: 4,
    seed: 3,
    folder: freshFolder(),
  })
  expect(faults).toEqual([])
  expect(acknowledged).toBeGreaterThan(10)
  expect(searchedBytes).toBeGreaterThan(100_000)
  closingLine(`crash: ${kills} kills of \`npm run crash\`, ${acknowledged} acknowledged writes, all there`)
}, 120_000)

it('a killed server has every change of a versioned secret that it acknowledged, and its metadata agrees', async () => {
  const { kills, acknowledged, versions, searchedBytes, faults } = await kvCrash({
    kills: 2,
    seed: 8,
    folder: freshFolder(),
  })
  expect(faults).toEqual([])
  expect(Math.min(acknowledged, versions)).toBeGreaterThan(20)
  expect(searchedBytes).toBeGreaterThan(100_000)
  closingLine(`crash: ${kills} kills while KV version 2 changed, ${acknowledged} acknowledged, all there`)
}, 120_000)

it('a killed server has merged entities whole, or not at all', async () => {
  const trial = { kills: 2, seed: 5, folder: freshFolder() }
  const { kills, acknowledged, faults } = await identityCrash(trial)
  expect(faults).toEqual([])
  expect(acknowledged).toBeGreaterThan(4)
  closingLine(`crash: ${kills} kills while entities were merged, ${acknowledged} acknowledged, all whole`)
}, 120_000)

describe('what a versioned secret must be', () => {
  const put = (text: string) => ({ kind: 'put', text }) as const
  const after = (...deeds: readonly Deed[]) => secretText(deeds.reduce(afterKvDeed, undefined))

  for (const [name, deeds, want] of [
    ['a version for each write', [put('a'), put('b')], 'current 2, max 0, note , 1=a, 2=b'],
    [
      'no more versions than it keeps',
      [put('a'), { kind: 'settings', maxVersions: 1, note: 'n' }, put('b')],
      'current 2, max 1, note n, 2=b',
    ],
    [
      'a deleted version',
      [put('a'), { kind: 'delete', versions: [1] }],
      'current 1, max 0, note , 1=deleted',
    ],
    [
      'one that is had back',
      [put('a'), { kind: 'delete', versions: [1] }, { kind: 'undelete', versions: [1, 2] }],
      'current 1, max 0, note , 1=a',
    ],
    [
      'one that is gone for good',
      [put('a'), { kind: 'destroy', versions: [1] }, { kind: 'undelete', versions: [1] }],
      'current 1, max 0, note , 1=destroyed',
    ],
    ['nothing', [put('a'), { kind: 'remove' }, { kind: 'delete', versions: [1] }], 'nothing'],
  ] as const)
    it(`is ${name}`, () => expect(after(...deeds)).toBe(want))
})

describe('the search for secrets', () => {
  const secret = Buffer.from('canary-0123456789abcdef')

  it('finds them in a storage without a barrier, also in pages that were freed', async () => {
    const folder = freshFolder()
    const kv = await localKv(machine, join(folder, 'storage'))
    const value = Buffer.concat([secret, Buffer.alloc(20_000, '.')])
    await kv.batch([{ kind: 'put', key: 'a', value, expected: 'absent' }])
    await kv.batch([{ kind: 'delete', key: 'a', expected: 'anything' }])
    await kv.close()
    expect(search(folder, [secret]).found).toEqual([`${join(folder, 'storage', 'data.mdb')}: raw`])
  })

  for (const [name, write] of [
    ['hex', (text: Buffer) => text.toString('hex')],
    ['HEX', (text: Buffer) => text.toString('hex').toUpperCase()],
    ['base64', (text: Buffer) => text.toString('base64')],
    ['base64url', (text: Buffer) => text.toString('base64url')],
    ['UTF-16 little-endian', (text: Buffer) => Buffer.from(text.toString(), 'utf16le')],
    ['UTF-16 big-endian', (text: Buffer) => Buffer.from(text.toString(), 'utf16le').swap16()],
  ] as const) {
    it(`finds them in ${name}, wherever in a text they begin`, () => {
      const folder = freshFolder()
      for (let before = 0; before < 5; before++) {
        mkdirSync(join(folder, `${before}`))
        const text = Buffer.concat([Buffer.alloc(before, 'ä'), secret, Buffer.from('and more')])
        writeFileSync(join(folder, `${before}`, 'file'), write(text))
      }
      const found = new Set(search(folder, [secret]).found.map((each) => each.split(': ')))
      const files = [...found].filter(([, form]) => form === name).map(([file]) => file)
      expect(new Set(files).size).toBe(5)
    })
  }

  it('finds nothing where they are not', () => {
    const folder = freshFolder()
    writeFileSync(join(folder, 'file'), systemRandom.bytes(100_000))
    expect(search(folder, [secret, systemRandom.bytes(32)])).toEqual({ found: [], bytes: 100_000 })
    expect(Math.min(...formsOf(secret).map(({ bytes }) => bytes.length))).toBeGreaterThan(20)
  })
})

describe('what a storage must hold', () => {
  const before = new Map([['logical/x', '1']])
  const deeds = Array.from({ length: 50 }, (_, at) => deedOf('canary', 1, at))
  const after = deeds.reduce(afterDeed, before)

  it('follows from the deeds, of which there are all kinds', () => {
    expect(difference(after, deeds.reduce(afterDeed, before))).toBeUndefined()
    expect(new Set(deeds.map((deed) => (deed.kind === 'rotate' ? 'rotate' : deed.writes.length)))).toEqual(
      new Set([1, 25, 'rotate']),
    )
    expect(deeds.some((deed) => deed.kind === 'write' && deed.writes[0]?.kind === 'delete')).toBe(true)
  })

  for (const [what, found, said] of [
    ['missing', new Map(), 'logical/x has nothing and not `1`'],
    ['older', new Map([['logical/x', '0']]), 'logical/x has `0` and not `1`'],
    ['too much', new Map([...before, ['logical/y', '2']]), 'logical/y is there'],
  ] as const) {
    it(`differs where something is ${what}`, () => expect(difference(before, found)).toBe(said))
  }
})
