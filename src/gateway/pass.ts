// The corridor: the one road of every request, whatever door it came in by.
//
//   gather → decide → record → act → record → release
//
// Where the result lies ready, nothing is done that a record had to come before: both records are written as one,
// which is half the wait of every answer from the cache.
//
// INVARIANT: nothing is done that was not allowed, and nothing leaves that was not recorded. `act` takes an
// Allow, which only the room `policy` can make; a record that cannot be written ends the walk with its error.
// A question that a decision depends on is asked once, kept for this walk, and decided again from the start.

import { asSentinelError, rescued, SentinelError, type Soon, soon } from '../base/index.ts'
import { type Allow, type Decision, type Deny, type Fact, isAllow } from '../policy/index.ts'

/** What a door brings along: the types of its values, all plain data. */
export type Door = {
  request: unknown
  facts: unknown
  ask: { readonly key: string }
  answer: unknown
  grant: unknown
  why: unknown
  result: unknown
}

/** How the walk ended. `abandoned`: it was done, but whoever asked has gone. */
export type End<D extends Door> =
  | { readonly kind: 'done'; readonly result: D['result'] }
  | { readonly kind: 'abandoned'; readonly result: D['result'] }
  | { readonly kind: 'failed'; readonly error: SentinelError }
  | Deny<D['why']>

/** What there is to record. `fault`: gathering or deciding itself failed. */
export type Entry<D extends Door> =
  | { readonly stage: 'fault'; readonly request: D['request']; readonly error: SentinelError }
  | {
      readonly stage: 'decided'
      readonly request: D['request']
      readonly facts: D['facts']
      readonly decision: Allow<D['grant']> | Deny<D['why']>
    }
  | {
      readonly stage: 'ended'
      readonly request: D['request']
      readonly facts: D['facts']
      readonly decision: Allow<D['grant']>
      readonly end: End<D>
    }

/** The steps of a door. All I/O of a walk is in here; what has to wait for none gives what is there. */
export type Corridor<D extends Door> = {
  gather(request: D['request']): Soon<D['facts']>
  /** Pure. A promise only where a part of it is loaded first. */
  decide(
    facts: D['facts'],
    answers: ReadonlyMap<string, Fact<D['answer']>>,
  ): Soon<Decision<D['grant'], D['why'], D['ask']>>
  answer(ask: D['ask'], request: D['request'], facts: D['facts']): Soon<Fact<D['answer']>>
  /** Writes all entries or none. Throws when they could not be written durably. */
  record(entries: readonly Entry<D>[]): Soon<void>
  /** What lies ready and needs no deed; undefined where there is something to do. It changes nothing anywhere. */
  ready(
    leave: Allow<D['grant']>,
    request: D['request'],
    facts: D['facts'],
  ): Soon<{ readonly kind: 'done'; readonly result: D['result'] } | undefined>
  /** May still refuse: something single-use was consumed by somebody else. */
  act(
    leave: Allow<D['grant']>,
    request: D['request'],
    facts: D['facts'],
  ): Soon<{ readonly kind: 'done'; readonly result: D['result'] } | Deny<D['why']>>
}

/** Whether whoever asked has gone: an AbortSignal, or what stands for one where nobody can go. */
export type Waiting = Pick<AbortSignal, 'aborted'>

/** What a door may release or must refuse. */
export type Outcome<D extends Door> = { readonly kind: 'done'; readonly result: D['result'] } | Deny<D['why']>

/** A decision that asks for more facts than this is a bug, not a policy; so is one that asks twice for the same. */
const maxAsks = 64

/**
 * Walks one request through the corridor, at once as far as its steps go.
 *
 * @throws SentinelError whatever the record could not be written with (nothing is released then); the failure of
 * `act` after it was recorded; ABANDONED when the signal was aborted before the result could be released
 */
export function pass<D extends Door>(
  corridor: Corridor<D>,
  request: D['request'],
  signal: Waiting,
): Soon<Outcome<D>> {
  return soon(settled(corridor, request), ({ facts, decision }): Soon<Outcome<D>> => {
    const first: Entry<D> = { stage: 'decided', request, facts, decision }
    if (decision.kind === 'deny') return soon(corridor.record([first]), () => decision)
    // Records how it ended; only then does anything leave.
    const released = (before: readonly Entry<D>[], end: End<D>): Soon<Outcome<D>> =>
      soon(corridor.record([...before, { stage: 'ended', request, facts, decision, end }]), () => {
        if (end.kind === 'failed') throw end.error
        if (end.kind === 'abandoned')
          throw new SentinelError(
            'ABANDONED',
            'the answer came too late: AWS was slow, or whoever asked had gone',
          )
        return end
      })
    const ready = ended<D, undefined>(decision, signal, () => corridor.ready(decision, request, facts))
    const done = () => ended<D>(decision, signal, () => corridor.act(decision, request, facts))
    return soon(ready, (end) =>
      end === undefined
        ? soon(soon(corridor.record([first]), done), (last) => released([], last))
        : released([first], end),
    )
  })
}

type Settled<D extends Door> = {
  readonly facts: D['facts']
  readonly decision: Allow<D['grant']> | Deny<D['why']>
}

function settled<D extends Door>(corridor: Corridor<D>, request: D['request']): Soon<Settled<D>> {
  const found = () =>
    soon(corridor.gather(request), (facts: D['facts']) =>
      soon(decided(corridor, facts, request), (decision): Settled<D> => ({ facts, decision })),
    )
  return rescued(found, (thrown): Soon<never> => {
    const error = asSentinelError(thrown)
    return soon(corridor.record([{ stage: 'fault', request, error }]), () => {
      throw error
    })
  })
}

function decided<D extends Door>(
  corridor: Corridor<D>,
  facts: D['facts'],
  request: D['request'],
  answers = new Map<string, Fact<D['answer']>>(),
): Soon<Settled<D>['decision']> {
  return soon(corridor.decide(facts, answers), (decision): Soon<Settled<D>['decision']> => {
    if (decision.kind !== 'need') return decision
    const { ask } = decision
    if (answers.has(ask.key) || answers.size === maxAsks)
      throw new SentinelError('INTERNAL', `the decision asked too often: \`${ask.key}\``)
    return soon(corridor.answer(ask, request, facts), (answer) =>
      decided(corridor, facts, request, answers.set(ask.key, answer)),
    )
  })
}

type Done<D extends Door> = { readonly kind: 'done'; readonly result: D['result'] }

/** How a step that may release something ended: `act`, or `ready`, which may have nothing. */
function ended<D extends Door, Nothing extends undefined = never>(
  leave: Allow<D['grant']>,
  signal: Waiting,
  step: () => Soon<Done<D> | Deny<D['why']> | Nothing>,
): Soon<End<D> | Nothing> {
  const taken = () => {
    if (!isAllow(leave)) throw new SentinelError('INTERNAL', 'an allow that no decision made')
    return soon(step(), (end): End<D> | Nothing =>
      end?.kind === 'done' && signal.aborted ? { kind: 'abandoned', result: end.result } : end,
    )
  }
  return rescued(taken, (thrown): End<D> => ({ kind: 'failed', error: asSentinelError(thrown) }))
}
