import { expect, it } from 'vitest'
import { type Attempt, type AttemptEvent, type Outcome, step } from './attempt.ts'

type State = Attempt<string> | undefined
const attempt = (...shares: readonly number[]): State => ({
  nonce: 'n1',
  purpose: 'p',
  required: 3,
  shares: shares.map((share) => Uint8Array.of(share)),
})
const given = (share: number, nonce = 'n1'): AttemptEvent<string> => ({
  kind: 'given',
  nonce,
  share: Uint8Array.of(share),
})
const begun: AttemptEvent<string> = { kind: 'begun', attempt: { nonce: 'n1', purpose: 'p', required: 3 } }
const waiting: Outcome<string> = { kind: 'waiting' }
const enough: Outcome<string> = {
  kind: 'enough',
  purpose: 'p',
  shares: [1, 2, 3].map((share) => Uint8Array.of(share)),
}
const refused = (why: 'already begun' | 'not begun' | 'another nonce'): Outcome<string> => ({
  kind: 'refused',
  why,
})

for (const [name, state, event, next, outcome] of [
  ['begins where there is none', undefined, begun, attempt(), waiting],
  ['is not begun over another', attempt(1), begun, attempt(1), refused('already begun')],
  ['takes a share', attempt(), given(1), attempt(1), waiting],
  ['takes another share', attempt(1), given(2), attempt(1, 2), waiting],
  ['takes a share once', attempt(1, 2), given(2), attempt(1, 2), waiting],
  ['has enough with the last one, and none of them any more', attempt(1, 2), given(3), attempt(), enough],
  [
    'takes no share under another nonce',
    attempt(1, 2),
    given(3, 'n2'),
    attempt(1, 2),
    refused('another nonce'),
  ],
  ['takes no share where there is none', undefined, given(1), undefined, refused('not begun')],
  [
    'begins again under another nonce',
    attempt(1),
    { kind: 'begun again', nonce: 'n2' },
    { ...attempt()!, nonce: 'n2' },
    waiting,
  ],
  [
    'does not begin again where there is none',
    undefined,
    { kind: 'begun again', nonce: 'n2' },
    undefined,
    refused('not begun'),
  ],
  ['ends', attempt(1, 2), { kind: 'ended' }, undefined, waiting],
  ['ends where there is none', undefined, { kind: 'ended' }, undefined, waiting],
] as readonly (readonly [string, State, AttemptEvent<string>, State, Outcome<string>])[]) {
  it(`an attempt ${name}`, () => expect(step(state, event)).toEqual({ next, outcome }))
}

it('an attempt keeps a share as it was given, whatever its bytes become', () => {
  const share = Buffer.of(1)
  const { next } = step(attempt(), { kind: 'given', nonce: 'n1', share })
  share.fill(0)
  expect(next?.shares).toEqual([Uint8Array.of(1)])
})
