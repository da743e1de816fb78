import { expect, it } from 'vitest'
import { nothingFits } from './choice.ts'

const all = { journey: '', place: '', fault: '' }

for (const [name, parts, said] of [
  ['everything is tried where nothing is chosen', {}, undefined],
  ['a part of a name chooses', { journey: 'server mode', place: 'LMDB', fault: 'kill' }, undefined],
  [
    'a journey that is none is said, with all there are',
    { journey: 'session' },
    /no journey .*`session`.*server mode/,
  ],
  ['so is a place', { place: 'lmdb' }, /no place .*`lmdb`.*LMDB/],
  ['so is a fault', { fault: 'flood' }, /no fault .*`flood`.*kill after/],
  [
    'so is a journey that goes elsewhere',
    { journey: 'tables that init makes', place: 'LMDB' },
    /goes to `LMDB`, only to: AWS/,
  ],
] as const) {
  it(name, () => {
    const found = nothingFits({ ...all, ...parts })
    if (said === undefined) expect(found).toBeUndefined()
    else expect(found).toMatch(said)
  })
}
