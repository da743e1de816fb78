// People giving their shares, one after the other, towards one thing: unsealing, a new root key, its verification, a new
// root token. A pure state machine; what happens with enough shares, its drivers know.

import { timingSafeEqual } from 'node:crypto'

/** Something that shares are given for. */
export type Attempt<Purpose> = {
  /** Another one for each attempt: who gives a share says for which. */
  readonly nonce: string
  readonly purpose: Purpose
  /** How many shares it takes. */
  readonly required: number
  /** Those given so far, each once. */
  readonly shares: readonly Uint8Array[]
}

/** What can happen to an attempt. */
export type AttemptEvent<Purpose> =
  | { readonly kind: 'begun'; readonly attempt: Omit<Attempt<Purpose>, 'shares'> }
  | { readonly kind: 'given'; readonly nonce: string; readonly share: Uint8Array }
  /** Without the shares so far, under another nonce. */
  | { readonly kind: 'begun again'; readonly nonce: string }
  | { readonly kind: 'ended' }

/** What came of it. */
export type Outcome<Purpose> =
  | { readonly kind: 'waiting' }
  /** The shares are no longer in the attempt: if they prove wrong, it begins from nothing. */
  | { readonly kind: 'enough'; readonly purpose: Purpose; readonly shares: readonly Uint8Array[] }
  | { readonly kind: 'refused'; readonly why: 'already begun' | 'not begun' | 'another nonce' }

export type Step<Purpose> = {
  readonly next: Attempt<Purpose> | undefined
  readonly outcome: Outcome<Purpose>
}

const waiting = { kind: 'waiting' } as const

/** The attempt after an event. Undefined is the state in which there is none. */
export function step<Purpose>(
  state: Attempt<Purpose> | undefined,
  event: AttemptEvent<Purpose>,
): Step<Purpose> {
  if (event.kind === 'ended') return { next: undefined, outcome: waiting }
  if (event.kind === 'begun') {
    if (state !== undefined) return { next: state, outcome: { kind: 'refused', why: 'already begun' } }
    return { next: { ...event.attempt, shares: [] }, outcome: waiting }
  }
  if (state === undefined) return { next: state, outcome: { kind: 'refused', why: 'not begun' } }
  if (event.kind === 'begun again') {
    return { next: { ...state, nonce: event.nonce, shares: [] }, outcome: waiting }
  }
  if (event.nonce !== state.nonce) return { next: state, outcome: { kind: 'refused', why: 'another nonce' } }
  return afterShare(state, event.share)
}

function afterShare<Purpose>(state: Attempt<Purpose>, share: Uint8Array): Step<Purpose> {
  if (state.shares.some((given) => isSame(given, share))) return { next: state, outcome: waiting }
  // Not slice(): that of a Buffer is the same memory.
  const shares = [...state.shares, Uint8Array.from(share)]
  if (shares.length < state.required) return { next: { ...state, shares }, outcome: waiting }
  return {
    next: { ...state, shares: [] },
    outcome: { kind: 'enough', purpose: state.purpose, shares },
  }
}

const isSame = (a: Uint8Array, b: Uint8Array) => a.length === b.length && timingSafeEqual(a, b)
