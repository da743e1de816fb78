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

import { asSentinelError, SentinelError } from '../base/index.ts'
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

/** The steps of a door. All I/O of a walk is in here. */
export type Corridor<D extends Door> = {
  gather(request: D['request']): Promise<D['facts']>
  /** Pure. A promise only where a part of it is loaded first. */
  decide(
    facts: D['facts'],
    answers: ReadonlyMap<string, Fact<D['answer']>>,
  ): Decision<D['grant'], D['why'], D['ask']> | Promise<Decision<D['grant'], D['why'], D['ask']>>
  answer(ask: D['ask'], request: D['request'], facts: D['facts']): Promise<Fact<D['answer']>>
  /** Writes all entries or none. Throws when they could not be written durably. */
  record(entries: readonly Entry<D>[]): void | Promise<void>
  /** What lies ready and needs no deed; undefined where there is something to do. It changes nothing anywhere. */
  ready(
    leave: Allow<D['grant']>,
    request: D['request'],
    facts: D['facts'],
  ): Promise<{ readonly kind: 'done'; readonly result: D['result'] } | undefined>
  /** May still refuse: something single-use was consumed by somebody else. */
  act(
    leave: Allow<D['grant']>,
    request: D['request'],
    facts: D['facts'],
  ): Promise<{ readonly kind: 'done'; readonly result: D['result'] } | Deny<D['why']>>
}

/** Whether whoever asked has gone: an AbortSignal, or what stands for one where nobody can go. */
export type Waiting = Pick<AbortSignal, 'aborted'>

/** What a door may release or must refuse. */
export type Outcome<D extends Door> = { readonly kind: 'done'; readonly result: D['result'] } | Deny<D['why']>

/** A decision that asks for more facts than this is a bug, not a policy. */
const maxAsks = 64

/**
 * Walks one request through the corridor.
 *
 * @throws SentinelError whatever the record could not be written with (nothing is released then); the failure of
 * `act` after it was recorded; ABANDONED when the signal was aborted before the result could be released
 */
export async function pass<D extends Door>(
  corridor: Corridor<D>,
  request: D['request'],
  signal: Waiting,
): Promise<Outcome<D>> {
  const { facts, decision } = await settled(corridor, request)
  const first: Entry<D> = { stage: 'decided', request, facts, decision }
  if (decision.kind === 'deny') {
    await corridor.record([first])
    return decision
  }
  const ready = await ended<D, undefined>(decision, signal, () => corridor.ready(decision, request, facts))
  if (ready === undefined) await corridor.record([first])
  const end = ready ?? (await ended<D>(decision, signal, () => corridor.act(decision, request, facts)))
  const last: Entry<D> = { stage: 'ended', request, facts, decision, end }
  await corridor.record(ready === undefined ? [last] : [first, last])
  if (end.kind === 'failed') throw end.error
  if (end.kind === 'abandoned')
    throw new SentinelError('ABANDONED', 'the answer came too late: AWS was slow, or whoever asked had gone')
  return end
}

type Settled<D extends Door> = {
  readonly facts: D['facts']
  readonly decision: Allow<D['grant']> | Deny<D['why']>
}

async function settled<D extends Door>(corridor: Corridor<D>, request: D['request']): Promise<Settled<D>> {
  try {
    const facts = await corridor.gather(request)
    return { facts, decision: await decided(corridor, facts, request) }
  } catch (thrown) {
    const error = asSentinelError(thrown)
    await corridor.record([{ stage: 'fault', request, error }])
    throw error
  }
}

async function decided<D extends Door>(
  corridor: Corridor<D>,
  facts: D['facts'],
  request: D['request'],
): Promise<Allow<D['grant']> | Deny<D['why']>> {
  const answers = new Map<string, Fact<D['answer']>>()
  for (;;) {
    const said = corridor.decide(facts, answers)
    const decision = said instanceof Promise ? await said : said
    if (decision.kind !== 'need') return decision
    if (answers.has(decision.ask.key)) {
      throw new SentinelError('INTERNAL', `the decision asked twice for \`${decision.ask.key}\``)
    }
    if (answers.size === maxAsks) {
      throw new SentinelError('INTERNAL', `the decision asked for more than ${maxAsks} facts`)
    }
    answers.set(decision.ask.key, await corridor.answer(decision.ask, request, facts))
  }
}

type Done<D extends Door> = { readonly kind: 'done'; readonly result: D['result'] }

/** How a step that may release something ended: `act`, or `ready`, which may have nothing. */
async function ended<D extends Door, Nothing extends undefined = never>(
  leave: Allow<D['grant']>,
  signal: Waiting,
  step: () => Promise<Done<D> | Deny<D['why']> | Nothing>,
): Promise<End<D> | Nothing> {
  try {
    if (!isAllow(leave)) throw new SentinelError('INTERNAL', 'an allow that no decision made')
    const end = await step()
    return end?.kind === 'done' && signal.aborted ? { kind: 'abandoned', result: end.result } : end
  } catch (thrown) {
    return { kind: 'failed', error: asSentinelError(thrown) }
  }
}
