import { describe, expect, it } from 'vitest'
import { hostileHosts } from './hostile-hosts.fake.ts'
import { compile, evaluateGenerally, evaluateGenerated, evaluateWalked } from './policy.ts'
import type { Result } from './run/result.ts'

// A sixteenth of everything, so that it is soon over. test/hostile.test.ts takes the whole, and measures.
const limits = { steps: 50_000_000 / 16, bytes: (256 * 1024 * 1024) / 16 }
const shown = ({ status, error }: Result) => (error === undefined ? status : error.message)

describe('hostile data comes to the same in each evaluator', () => {
  for (const { name, text, inputs, want } of hostileHosts) {
    it(name, () => {
      const given = { ...inputs(1_000_000 / 16), limits }
      const [walked, ...others] = [evaluateWalked, evaluateGenerated, evaluateGenerally].map((evaluator) =>
        shown(evaluator(compile(text), given)),
      )
      expect(walked).toMatch(want)
      for (const other of others) expect(other).toBe(walked)
    })
  }
})
