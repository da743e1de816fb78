// A small share of `npm run faults`.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { dynamoDbLocal, startDynamoDbLocal } from '../backends/dynamodb-local.ts'
import { closingLine } from '../closing-line.ts'
import { removeTemporary, temporaryFolderInMemory } from '../temporary.ts'
import { meansIn } from './crew.ts'
import type { Plan } from './gates.ts'
import type { Place } from './places.ts'
import { type Fault, faults } from './proxy.ts'
import { tryAll } from './trial.ts'

// Whole programs start here, on a machine that may be busy.
const patience = 240_000
const seed = 5
const quiet = () => {}

/** One journey for each place, and what goes wrong in it: all six together, and some in each. */
const share: ReadonlyMap<Place, { readonly journey: string; readonly of: readonly Fault[] }> = new Map([
  ['AWS', { journey: 'an approval for a single use', of: faults }],
  ['DynamoDB Local', { journey: 'break-glass', of: ['timeout before', 'timeout after'] }],
  ['LMDB', { journey: 'server mode to its end', of: ['error', 'kill before', 'kill after'] }],
])

const faultsIn = (place: Place) => share.get(place)?.of ?? []

/** Each of them once, at a call that the seed chooses. */
const oneOfEach = (all: readonly Plan[], place: Place): readonly Plan[] =>
  faultsIn(place).flatMap((fault, at) => {
    const those = all.filter((plan) => plan.fault === fault)
    return fc.sample(fc.constantFrom(...those), { seed: seed + at, numRuns: 1 })
  })

it(
  'a share of the faults is stood: recorded, nothing lost, finished afterwards',
  async () => {
    const found = dynamoDbLocal()
    const local = 'missing' in found ? undefined : await startDynamoDbLocal(found.folder)
    const folder = temporaryFolderInMemory('sentinel-faults-')
    try {
      const means = await meansIn(folder, local?.url)
      const fits = (name: string, place: Place) => share.get(place)?.journey === name
      const choice = { fits, plans: oneOfEach, atOnce: 3 }
      const trials = await tryAll(means, choice, { broke: quiet, finished: quiet, progress: quiet })
      expect(trials.flatMap(({ name, broken }) => broken.map((one) => ({ name, ...one })))).toEqual([])
      expect(trials.map(({ runs }) => runs)).toEqual(trials.map(({ place }) => faultsIn(place).length))
      expect(trials.length).toBe(local === undefined ? 2 : 3)
      const runs = trials.reduce((sum, one) => sum + one.runs, 0)
      const each = trials.map(({ place, runs }) => `${runs} on ${place}`).join(', ')
      closingLine(`faults: ${each}: all ${runs} held (all there are: npm run faults)`)
      if ('missing' in found) closingLine(`faults: not on DynamoDB Local: ${found.missing}`)
    } finally {
      await local?.close()
      removeTemporary(folder)
    }
  },
  patience,
)
