import { copyFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openKeys } from './keys.ts'
import { fakeMachine, freshFolder } from './machine.fake.ts'
import { encryptedFiles, sealedFiles } from './sealed.ts'

const machine = fakeMachine()
const tampered = expect.objectContaining({ code: 'CACHE_TAMPERED', hint: expect.stringContaining('rm ') })

for (const [kind, open] of [
  ['sealed', sealedFiles],
  ['encrypted', encryptedFiles],
] as const) {
  describe(`${kind} files`, () => {
    const setUp = () => {
      const folder = freshFolder()
      const keys = openKeys(machine, join(folder, 'keys.json'))
      const warnings: string[] = []
      const warn = (message: string) => void warnings.push(message)
      const store = open({ ...machine, warn, keys }, join(folder, 'store'))
      const only = () => join(folder, 'store', readdirSync(join(folder, 'store'))[0] ?? '')
      return { folder, keys, store, only, warnings }
    }

    test('any text under any name comes back', () => {
      const { store } = setUp()
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (name, body) => {
          store.write(name, body)
          expect(store.read(name)).toBe(body)
        }),
        { numRuns: 25 },
      )
    })

    test('names are only names: no path, no clash', () => {
      const { store } = setUp()
      for (const name of ['', '../../x', '/etc/passwd', '__proto__', 'a\0b', 'a', 'A'])
        store.write(name, `<${name}>`)
      for (const name of ['', '../../x', '/etc/passwd', '__proto__', 'a\0b', 'a', 'A'])
        expect(store.read(name)).toBe(`<${name}>`)
    })

    test('what was never written, or was removed, is undefined', () => {
      const { store } = setUp()
      expect(store.read('a')).toBeUndefined()
      store.write('a', '1')
      store.remove('a')
      store.remove('a')
      expect(store.read('a')).toBeUndefined()
    })

    test('every changed byte is found, also in the first line', () => {
      const { store, only } = setUp()
      store.write('a', '{"key":"value"}')
      const bytes = readFileSync(only())
      for (let at = 0; at < bytes.length; at++) {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ 1
        writeFileSync(only(), changed)
        expect(() => store.read('a')).toThrow(tampered)
      }
    })

    test('every cut is found', () => {
      const { store, only } = setUp()
      store.write('a', '{"key":"value"}')
      const bytes = readFileSync(only())
      for (let length = 0; length < bytes.length; length++) {
        writeFileSync(only(), bytes.subarray(0, length))
        expect(() => store.read('a')).toThrow(tampered)
      }
      writeFileSync(only(), Buffer.concat([bytes, Buffer.from('x')]))
      expect(() => store.read('a')).toThrow(tampered)
    })

    test('a file copied to another name is found', () => {
      const { folder, store, only } = setUp()
      store.write('mallory', '1')
      const mallory = only()
      store.write('alice', '2')
      const alice = readdirSync(join(folder, 'store')).map((name) => join(folder, 'store', name))
      for (const path of alice) if (path !== mallory) copyFileSync(mallory, path)
      expect(() => store.read('alice')).toThrow(tampered)
    })

    test('a file copied to another folder is found', () => {
      const { folder, keys, store } = setUp()
      store.write('a', '1')
      cpSync(join(folder, 'store'), join(folder, 'other'), { recursive: true })
      expect(() => open({ ...machine, keys }, join(folder, 'other')).read('a')).toThrow(tampered)
    })

    for (const [name, from, to] of [
      ['other keys', / [0-9a-f]{16}\n.*/s, ' 0123456789abcdef\nwhatever'],
      ['another format', / 1 ([0-9a-f]{16})\n.*/s, ' 2 $1\nwhatever'],
    ] as const) {
      test(`a file of ${name} counts as absent, and that is said`, () => {
        const { store, only, warnings } = setUp()
        store.write('a', '1')
        expect(store.read('a')).toBe('1')
        expect(warnings).toEqual([])
        writeFileSync(only(), readFileSync(only(), 'latin1').replace(from, to), 'latin1')
        expect(store.read('a')).toBeUndefined()
        expect(warnings).toEqual([
          `\`${only()}\` is of other keys or another version, or damaged: it counts as absent`,
        ])
        store.write('a', '2')
        expect(store.read('a')).toBe('2')
        expect(warnings).toHaveLength(1)
      })
    }

    test('what real other keys wrote counts as absent', () => {
      const { folder, store, warnings } = setUp()
      const others = openKeys(machine, join(folder, 'others.json'))
      open({ ...machine, keys: others }, join(folder, 'store')).write('a', '1')
      expect(store.read('a')).toBeUndefined()
      expect(warnings).toHaveLength(1)
    })

    for (const [name, text] of [
      ['emptied', ''],
      ['written by hand', '{"hand":"edited"}'],
      ['overwritten with zeros', '\0'.repeat(200)],
      ['with half a first line', 'sentinel-sealed 1 0123'],
    ] as const) {
      test(`a file that was ${name} is an error`, () => {
        const { store, only } = setUp()
        store.write('a', '1')
        writeFileSync(only(), text)
        expect(() => store.read('a')).toThrow(expect.objectContaining({ code: 'CACHE_TAMPERED' }))
      })
    }
  })
}

test('an encrypted file shows nothing of its text, and never looks the same twice', () => {
  const folder = freshFolder()
  const keys = openKeys(machine, join(folder, 'keys.json'))
  const store = encryptedFiles({ ...machine, keys }, folder)
  const read = () =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.enc'))
      .map((name) => readFileSync(join(folder, name), 'latin1'))
  store.write('a', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')
  const [first] = read()
  store.write('a', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')
  expect(first).not.toContain('wJalr')
  expect(read()[0]).not.toBe(first)
})
