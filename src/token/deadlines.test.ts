import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Deadlines } from './deadlines.ts'

test('whatever is set in whichever order, each name comes up once, at its earliest time, in order of time', () => {
  const sets = fc.array(
    fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), fc.integer({ min: 0, max: 50 })),
  )
  fc.assert(
    fc.property(sets, fc.integer({ min: 0, max: 60 }), (entries, nowMs) => {
      const deadlines = new Deadlines()
      const earliest = new Map<string, number>()
      for (const [name, atMs] of entries) {
        deadlines.set(name, atMs)
        earliest.set(name, Math.min(atMs, earliest.get(name) ?? atMs))
      }
      const taken: string[] = []
      for (let name = deadlines.take(nowMs); name !== undefined; name = deadlines.take(nowMs))
        taken.push(name)
      const due = [...earliest].filter(([, atMs]) => atMs <= nowMs)
      expect(taken.toSorted()).toEqual(due.map(([name]) => name).toSorted())
      const times = taken.map((name) => earliest.get(name) ?? -1)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    }),
  )
})

test('a name that was taken can be set again, later than before', () => {
  const deadlines = new Deadlines()
  deadlines.set('a', 10)
  expect(deadlines.take(10)).toBe('a')
  deadlines.set('a', 20)
  expect(deadlines.take(19)).toBeUndefined()
  expect(deadlines.take(20)).toBe('a')
})
