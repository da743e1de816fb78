import { expect, it } from 'vitest'
import { fakeClock } from '../base/clock.fake.ts'
import { fakeIo } from './io.fake.ts'
import { openProgress } from './progress.ts'

const clear = '\r\u001b[K'
const line = (text: string) => `${clear}\u001b[?7l${text}\u001b[?7h`

it('is one line of the terminal, never wrapped, written ten times a second and gone at the end', () => {
  const [io, clock] = [fakeIo({ isTTY: true }), fakeClock('2026-02-03T10:00:00Z')]
  const progress = openProgress({ io, clock })
  progress.show('a')
  clock.advance(99)
  progress.show('b')
  clock.advance(1)
  progress.show('c')
  progress.clear()
  progress.clear()
  expect(io.written.stderr).toBe(`${line('a')}${line('c')}${clear}`)
})

it('comes back at once where it was cleared for something else', () => {
  const [io, clock] = [fakeIo({ isTTY: true }), fakeClock('2026-02-03T10:00:00Z')]
  const progress = openProgress({ io, clock })
  progress.show('a')
  progress.clear()
  progress.show('b')
  expect(io.written.stderr).toBe(`${line('a')}${clear}${line('b')}`)
})

for (const [name, world] of [
  ['stderr is no terminal', {}],
  ['the terminal can clear nothing', { isTTY: true, env: { TERM: 'dumb' } }],
] as const) {
  it(`is nothing where ${name}`, () => {
    const [io, clock] = [fakeIo(world), fakeClock('2026-02-03T10:00:00Z')]
    const progress = openProgress({ io, clock })
    progress.show('a')
    progress.clear()
    expect(io.written.stderr).toBe('')
  })
}
