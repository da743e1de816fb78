import { expect, it } from 'vitest'
import { fakeClock } from '../base/clock.fake.ts'
import { fakeIo } from './io.fake.ts'
import { openProgress } from './progress.ts'

const clear = '\r\u001b[K'

it('is one line of the terminal, written ten times a second and gone at the end', () => {
  const [io, clock] = [fakeIo({ isTTY: true }), fakeClock('2026-02-03T10:00:00Z')]
  const progress = openProgress({ io, clock }, 3)
  progress.show('a')
  clock.advance(100)
  progress.show('b')
  progress.clear()
  progress.clear()
  clock.advance(99)
  progress.show('c')
  expect(io.written.stderr).toBe(`${clear}2 of 3: b${clear}`)
})

it('is nothing where stderr is no terminal', () => {
  const [io, clock] = [fakeIo(), fakeClock('2026-02-03T10:00:00Z')]
  const progress = openProgress({ io, clock }, 3)
  clock.advance(1000)
  progress.show('a')
  progress.clear()
  expect(io.written.stderr).toBe('')
})
