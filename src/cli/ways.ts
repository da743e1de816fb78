// Through what the answers of one walk came. Nothing of AWS's can be had without an open profile, and opening one takes
// the ways of the walk that it is opened for: so the record names those of whoever asks, of the profile that the policy
// and the tables are reached with, and of whatever comes later, and none can be forgotten.

import type { Recipe } from '../credentials/index.ts'
import type { CircumstancesOfLine } from '../gateway/index.ts'
import type { GatewayDeps } from './gateway-deps.ts'

/** The ways to AWS that one walk has so far. */
export type Ways = {
  /** A profile was opened. */
  add(opened: Pick<Recipe, 'named'> & { readonly insecure: boolean }): void
  /** What the lines of the walk say of them, and of this program and machine. */
  circumstances(): CircumstancesOfLine
}

/** The ways of a walk that has none yet. */
export function openWays(deps: Pick<GatewayDeps, 'circumstances'>): Ways {
  const opened: Parameters<Ways['add']>[0][] = []
  return {
    add: (one) => void opened.push(one),
    circumstances() {
      const all = (key: keyof Recipe['named']) =>
        [...new Set(opened.flatMap(({ named }) => named[key]))].join(' ') || undefined
      return {
        ...deps.circumstances(),
        region: all('region'),
        endpoint: all('endpoint'),
        ca: all('ca'),
        proxy: all('proxy'),
        insecure: opened.some(({ insecure }) => insecure) || undefined,
      }
    },
  }
}
