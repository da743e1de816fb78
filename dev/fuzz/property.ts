// What must hold of each made-up case, and what is counted on the way.

import { inspect } from 'node:util'
import fc from 'fast-check'
import type { Case } from './case.ts'
import { Cases } from './cases.ts'
import { type Told, told } from './compare.ts'
import { type Engines, reference } from './engines.ts'
import { withoutDetails } from './messages.ts'
import { answerOfRe2, patternCases } from './patterns.ts'
import { brokenDiagnostics, brokenRoundTrip } from './round-trip.ts'
import { soups } from './soup.ts'
import { general, quick } from './subject.ts'
import { watching } from './watch.ts'
import type { Batch, Outcome } from './work.ts'

/** Which case is under way, for whoever watches over the thread. */
export type OnCase = (at: number) => void

/** Runs a batch of cases. */
export function runBatch(batch: Batch, onCase: OnCase = () => {}): Outcome {
  const outcome: Outcome = {
    batch,
    counts: new Map(),
    statuses: new Map(),
    errors: new Map(),
    limited: 0,
    failure: undefined,
  }
  watching(outcome.counts, () => checkBatch(batch, outcome, onCase))
  return outcome
}

type Broken = { readonly what: string; readonly said: string }

function checkBatch({ kind, seed, runs, path }: Batch, outcome: Outcome, onCase: OnCase): void {
  let count = 0
  let first: Broken | undefined
  let last: Broken | undefined
  const holds = (one: Case) => {
    onCase(count++)
    // Once a case failed, the others are its smaller ones: they must fail in the same way, and do not count.
    const broken = wrongWith(kind, one, first === undefined ? outcome : undefined)
    if (broken === undefined || (first !== undefined && broken.what !== first.what)) return true
    first ??= broken
    last = broken
    return false
  }
  const cases = casesOf(kind)
  const parameters = { seed, numRuns: runs, ...(path === undefined ? {} : { path }) }
  const details = fc.check(fc.property(cases, holds), parameters)
  const [one] = details.counterexample ?? []
  if (!details.failed || one === undefined || last === undefined) return
  outcome.failure = { path: details.counterexamplePath ?? '', shown: drawn(one), ...last }
}

function casesOf(kind: Batch['kind']): fc.Arbitrary<Case> {
  if (kind === 'patterns') return patternCases
  return kind === 'soup' ? soups : new Cases(layouts[kind])
}

/** The layouts of each kind. */
export const layouts = {
  agreement: ['neat', 'neat', 'wild'],
  commented: ['commented'],
  wild: ['wild'],
  dense: ['dense'],
} as const

function wrongWith(kind: Batch['kind'], one: Case, outcome: Outcome | undefined): Broken | undefined {
  return guarded(() => {
    if (kind === 'agreement') return ownDisagreement(one, outcome)
    if (kind === 'patterns') return wrongMatch(one) ?? ownDisagreement(one, undefined)
    const trip = brokenRoundTrip(one.text)
    if (trip !== undefined) return { what: 'formatter', said: trip }
    const pointing = brokenDiagnostics(one.text)
    if (pointing !== undefined) return { what: 'diagnostics', said: pointing }
    return kind === 'soup' ? ownDisagreement(one, outcome) : undefined
  })
}

function wrongMatch(one: Case): Broken | undefined {
  const [wanted, { last }] = [answerOfRe2(one), told(quick, one)]
  const isRight = wanted === undefined ? last?.status === 'error' : last?.value === wanted
  return isRight ? undefined : { what: 'pattern', said: `RE2 says ${wanted}, the engine ${last?.value}` }
}

function guarded(check: () => Broken | undefined): Broken | undefined {
  try {
    return check()
  } catch (thrown) {
    return {
      what: 'thrown',
      said: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
    }
  }
}

function ownDisagreement(one: Case, outcome: Outcome | undefined): Broken | undefined {
  const wanted = told(reference, one)
  if (outcome !== undefined) note(outcome, wanted)
  return disagreement(wanted, one, { quick, general }, outcome)
}

/** What engines say otherwise of a case than the reference did. */
export function disagreement(
  wanted: Told,
  one: Case,
  engines: Engines,
  outcome?: Outcome,
): Broken | undefined {
  const found = differing(wanted, told(engines.quick, one), outcome)
  // The general code is what the quick one is made of: it is asked half of the time.
  if (found !== undefined || one.text.length % 2 === 0) return found
  return differing(wanted, told(engines.general, one), undefined)
}

function differing(wanted: Told, got: Told, outcome: Outcome | undefined): Broken | undefined {
  const isThrown = /^THROWN/m.test(wanted.text) || /^THROWN/m.test(got.text)
  if (!isThrown && (wanted.hitLimit || got.hitLimit)) {
    if (outcome !== undefined) outcome.limited++
    return undefined
  }
  if (!isThrown && wanted.text === got.text) return undefined
  const said = `walker\n${indented(wanted.text)}\ngenerated code\n${indented(got.text)}`
  return { what: isThrown ? 'thrown' : 'disagreement', said }
}

/** A case for people: its sources, and what the host gives. */
function drawn({ text, modules, globals, params, data, now, http }: Case): string {
  const sources = [['policy', text] as const, ...modules].map(([name, one]) => `--- ${name}\n${one}`)
  return `${sources.join('\n')}\n--- inputs\n${inspect({ globals, params, data, now, http }, { depth: 8 })}`
}

const indented = (text: string) => text.replace(/^/gm, '  ')

function note({ statuses, errors }: Outcome, { last }: Told): void {
  const status = last?.status ?? 'thrown'
  statuses.set(status, (statuses.get(status) ?? 0) + 1)
  if (last?.error === undefined || status !== 'error') return
  const message = withoutDetails(last.error.message)
  errors.set(message, (errors.get(message) ?? 0) + 1)
}
