import { describe, expect, it } from 'vitest'
import { policyCases } from './cases.ts'
import { engineNames, engineOf } from './engines.ts'

describe('the engines decide alike', () => {
  for (const one of policyCases) {
    it(one.name, () => {
      const decisions = engineNames.map((name) => {
        const engine = engineOf(name, one)
        if (engine === undefined) return undefined
        const decide = engine.decide as (given: unknown) => boolean
        // Ours walks the tree first, and runs code later.
        return Array.from({ length: 32 }, (_, number) => decide(engine.prepare(one.request(number))))
      })
      const [ours] = decisions
      expect(new Set(ours)).toEqual(new Set([true, false]))
      for (const theirs of decisions) if (theirs !== undefined) expect(theirs).toEqual(ours)
    })
  }
})
