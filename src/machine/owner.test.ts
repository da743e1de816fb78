import { describe, expect, test } from 'vitest'
import {
  foreignOwnerMs,
  isDead,
  lookAtProcess,
  nonceOf,
  type Owner,
  ownerToText,
  placeOfSelf,
  type Sighting,
  statToSighting,
  textToOwner,
} from './owner.ts'

const here = { bootId: '5c0fd8d1-8e1b-4d5f-8f0a-0d6a3b7a9c11', pidNamespace: '4026531836' }
const owner: Owner = { ...here, nonce: '0123456789abcdef', pid: 4321, startTime: '987654' }
const alive: Sighting = { startTime: '987654', zombie: false }

test('an owner is one word and comes back from it', () => {
  expect(ownerToText(owner)).toBe(
    '0123456789abcdef.4321.987654.5c0fd8d1-8e1b-4d5f-8f0a-0d6a3b7a9c11.4026531836',
  )
  expect(textToOwner(ownerToText(owner))).toEqual(owner)
  for (const text of ['', 'x', '../../etc', `${ownerToText(owner)}.1`, ownerToText(owner).toUpperCase()])
    expect(textToOwner(text)).toBeUndefined()
})

test('every word has a nonce that can be part of a file name', () => {
  expect(nonceOf(ownerToText(owner))).toBe(owner.nonce)
  expect(nonceOf('../../etc/passwd')).toMatch(/^[0-9a-f]{16}$/)
})

describe('an owner counts as dead', () => {
  const young = foreignOwnerMs - 1
  for (const [name, text, place, seen, age, want] of [
    ['never while it lives, however old', ownerToText(owner), here, alive, 1e12, false],
    ['when its process is gone', ownerToText(owner), here, 'gone', 0, true],
    ['when its id is used again', ownerToText(owner), here, { startTime: '987655', zombie: false }, 0, true],
    ['when it is a zombie', ownerToText(owner), here, { startTime: '987654', zombie: true }, 0, true],
    [
      'only by age when from another boot',
      ownerToText({ ...owner, bootId: 'a-b' }),
      here,
      'gone',
      young,
      false,
    ],
    [
      'by age when from another boot',
      ownerToText({ ...owner, bootId: 'a-b' }),
      here,
      alive,
      foreignOwnerMs + 1,
      true,
    ],
    [
      'only by age when in another container',
      ownerToText({ ...owner, pidNamespace: '7' }),
      here,
      'gone',
      young,
      false,
    ],
    [
      'only by age when this process cannot tell where it is',
      ownerToText({ ...owner, bootId: '' }),
      { ...here, bootId: '' },
      'gone',
      young,
      false,
    ],
    ['only by age when its name cannot be read', 'somebody', here, 'gone', young, false],
    ['by age when its name cannot be read', 'somebody', here, alive, foreignOwnerMs + 1, true],
    ['never by a negative age', 'somebody', here, alive, -1e12, false],
  ] as const) {
    test(name, () => {
      expect(
        isDead(
          text,
          place,
          () => seen,
          () => age,
        ),
      ).toBe(want)
    })
  }
})

describe('/proc/PID/stat', () => {
  const rest = `1 1 1 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 11 0 987654 1 1`
  for (const [name, stat, want] of [
    ['a plain name', `12 (node) S ${rest}`, alive],
    ['a name with brackets and spaces', `12 (a) Z (b) S ${rest}`, alive],
    ['a zombie', `12 (node) Z ${rest}`, { startTime: '987654', zombie: true }],
    ['a process that is just being removed', `12 (node) X ${rest}`, { startTime: '987654', zombie: true }],
    ['nothing', '', 'gone'],
    ['half a line', '12 (node) S 1 1', 'gone'],
  ] as const) {
    test(name, () => {
      expect(statToSighting(stat)).toEqual(want)
    })
  }
})

test.runIf(process.platform === 'linux')('this process sees itself alive', () => {
  const place = placeOfSelf()
  const seen = lookAtProcess(process.pid)
  expect(place.bootId).toMatch(/^[0-9a-f-]{36}$/)
  expect(place.pidNamespace).toMatch(/^\d+$/)
  expect(seen).toMatchObject({ zombie: false })
  expect(lookAtProcess(2 ** 22 + 1)).toBe('gone')
})
