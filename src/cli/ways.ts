// Through what the answers of one walk came. Nothing of AWS's can be had without an open profile, and opening one takes
// the ways of the walk that it is opened for: so the record names those of whoever asks, of the profile that the policy
// and the tables are reached with, and of whatever comes later, and none can be forgotten.

import type { Recipe } from '../credentials/index.ts'
import type { CircumstancesOfLine } from '../gateway/index.ts'
import type { GatewayDeps } from './gateway-deps.ts'

/** The way that an open profile goes. */
export type Way = Pick<Recipe, 'named'> & { readonly insecure: boolean }

/** The ways to AWS that one walk has so far. */
export type Ways = {
  /** A profile was opened, or something is answered by what was learnt through one before. */
  add(way: Way): void
  /** Those so far: for what is learnt in this walk and tells others something later. */
  soFar(): readonly Way[]
  /** What the lines of the walk say of them, and of this program and machine. */
  circumstances(): CircumstancesOfLine
}

/** The ways of a walk that has none yet. */
export function openWays(deps: Pick<GatewayDeps, 'circumstances'>): Ways {
  const opened: Way[] = []
  return {
    add: (way) => void opened.push(way),
    soFar: () => [...opened],
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
