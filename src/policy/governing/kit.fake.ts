// Governing policies of a test, and what governs a request of it.

import type { Governing } from './evaluate.ts'
import { usualBudget } from './evaluate.ts'
import type { GoverningPolicy, WrittenPolicy } from './policy.ts'
import { storedGoverning } from './read.ts'

/** A policy that is not looked at before it is evaluated. */
export const policyOf = (text: string, more: Partial<WrittenPolicy> = {}): GoverningPolicy =>
  storedGoverning({
    kind: 'egp',
    name: 'x',
    namespace: '',
    level: 'hard-mandatory',
    paths: ['*'],
    text,
    ...more,
  })

/** What governs a request, by a stopwatch that stands still. */
export const governingOf = (egps: readonly GoverningPolicy[], more: Partial<Governing> = {}): Governing => ({
  rgps: [],
  egps,
  globals: () => ({}),
  override: false,
  suspended: new Set(),
  budget: usualBudget,
  stopwatch: { now: () => 0, spentMs: 0 },
  http: false,
  factors: undefined,
  ...more,
})
