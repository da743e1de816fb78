import { describe, expect, it } from 'vitest'
import { evaluate } from '../policy.ts'

const nested = (levels: number) => `l = []\nfor range(${levels}) as _ { l = [l] }\n`

/** What the trace says of the rule `r`. */
function ruleOf(text: string, bytes?: number) {
  const { status, trace } = evaluate(
    { name: 'p.sentinel', text: `${text}\nmain = rule { r is not "x" }` },
    { limits: bytes === undefined ? {} : { bytes } },
  )
  const rule = trace.rules.find(({ name }) => name === 'r')
  return { status, isCut: rule?.isCut, value: rule?.value, text: rule?.text }
}

const numbers = Array.from({ length: 1000 }, (_, at) => at)

describe('a value in the trace is left out', () => {
  for (const [name, text, bytes, isCut, value] of [
    ['never where it is small', 'r = rule { 7 }', 1000, false, 7],
    ['never where it is a short text', `r = rule { "${'a'.repeat(64)}" }`, 1000, false, 'a'.repeat(64)],
    ['not where it fits into the share of traces', 'r = rule { range(1000) }', undefined, false, numbers],
    ['where it does not fit', 'r = rule { range(1000) }', 200_000, true, undefined],
    [
      'where it is a long text that does not fit',
      `r = rule { "${'a'.repeat(5000)}" }`,
      50_000,
      true,
      undefined,
    ],
    ['where it nests too deep', `${nested(1001)}r = rule { l }`, undefined, true, undefined],
  ] as const) {
    it(name, () => expect(ruleOf(text, bytes)).toMatchObject({ status: 'pass', isCut, value }))
  }

  it('while its beginning is still told, if there was room for that', () => {
    expect(ruleOf('r = rule { range(4000) }', 800_000).text).toMatch(/^\[0 1 2 .* …\]$/)
  })

  it('and of later ones no more than that they are', () => {
    const many = Array.from({ length: 50 }, (_, at) => `r${at} = rule { range(300 + ${at}) }`).join('\n')
    const all = `main = rule { ${Array.from({ length: 50 }, (_, at) => `length(r${at}) > 1`).join(' and ')} }`
    const { status, trace } = evaluate(
      { name: 'p.sentinel', text: `${many}\n${all}` },
      { limits: { bytes: 1_000_000 } },
    )
    const cut = trace.rules.filter(({ isCut }) => isCut)
    expect([status, trace.rules.length]).toEqual(['pass', 51])
    expect(cut.length).toBeGreaterThan(0)
    expect(cut.every(({ value }) => value === undefined)).toBe(true)
    expect(trace.rules[0]).toMatchObject({ name: 'main', isCut: false, value: true })
  })
})
