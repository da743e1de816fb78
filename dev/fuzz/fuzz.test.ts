import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { format } from '../../src/lang/index.ts'
import { mutated } from './bundle.ts'
import { messagesIn } from './messages.ts'
import { mutants } from './mutants.ts'
import { runBatch } from './property.ts'
import { Respaced } from './respace.ts'
import type { Batch } from './work.ts'

const run = (kind: Batch['kind'], runs: number) => runBatch({ kind, seed: 4, runs })

describe('made-up programs', () => {
  it('come out the same in both evaluators', () => {
    const { failure, statuses } = run('agreement', 150)
    expect(failure).toBeUndefined()
    expect([...statuses.keys()]).toEqual(expect.arrayContaining(['pass', 'fail', 'error', 'undefined']))
  })

  it('are the same each time, and so is what is counted', () => {
    const [one, other] = [run('agreement', 40), run('agreement', 40)]
    expect([...one.counts]).toEqual([...other.counts])
    expect([...one.errors]).toEqual([...other.errors])
    expect(one.counts.get('node call')?.defined).toBeGreaterThan(100)
  })

  it('mean the same when they are formatted, and do not change again', () => {
    expect(run('commented', 80).failure).toBeUndefined()
  })

  it('keep their comments, wherever they stand', () => {
    expect(run('wild', 80).failure).toBeUndefined()
  })

  it('are formatted once for all when they stood on one line', () => {
    expect(run('dense', 80).failure).toBeUndefined()
  })

  it('cut into pieces, and bytes that are none, are diagnostics that lie in the file', () => {
    expect(run('soup', 150).failure).toBeUndefined()
  })
})

describe('regular expressions', () => {
  it('match what RE2 does', () => {
    expect(run('patterns', 200).failure).toBeUndefined()
  })
})

describe('the ways of finding out', () => {
  it('another spacing of a canonical file is formatted back', () => {
    const canonical = 'x = {\n\t"a":   1,\n\t"bbb": [2, 3],\n}\n\nmain = rule { x.a is 1 } # c\n'
    fc.assert(
      fc.property(new Respaced(canonical), (text) => {
        expect(format({ name: 'p', text })).toEqual({ kind: 'formatted', text: canonical })
      }),
      { seed: 1, numRuns: 50 },
    )
  })

  it('a change of the engine must find its place, once', () => {
    const mutant = { name: 'm', file: 'f', from: 'a', to: '$&b' }
    expect(mutated('xay', mutant)).toBe('x$&by')
    expect(() => mutated('aa', mutant)).toThrow('mutant "m": `a` stands 2 times in f')
    expect(() => mutated('', mutant)).toThrow('0 times')
  })

  for (const mutant of mutants) {
    it(`finds the place of the mutant: ${mutant.name}`, () => {
      const text = readFileSync(join(import.meta.dirname, '..', '..', mutant.file), 'utf8')
      expect(mutated(text, mutant)).not.toBe(text)
    })
  }

  it('messages are found with what is put into them', () => {
    const source = "fail('one thing')\nfail(\n  `${a ? `x` : {b}.c} thing`)\nfail(message)\nfail(`${reason}`)"
    expect(messagesIn(source)).toEqual(['one thing', '\u0000 thing'])
  })
})
