import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile, evaluateGenerally, evaluateGenerated, evaluateWalked } from './policy.ts'

const folder = join(import.meta.dirname, 'cases')
const gaps = JSON.parse(readFileSync(join(folder, 'gaps.json'), 'utf8')) as Record<string, string>
const paths = [
  'base64',
  'collection',
  'decimal',
  'json',
  'runtime',
  'sockaddr',
  'strings',
  'time',
  'types',
  'units',
]
const prelude = [
  ...[...paths, 'version'].map((path) => `import "${path}"`),
  ...['lists', 'maps'].map((path) => `import "collection/${path}" as ${path}`),
  '',
].join('\n')

/** What a case comes to, in the words of the third column. */
function outcome(evaluate: typeof evaluateWalked, setup: string, expression: string): string {
  const text = `${prelude}${setup}\nprint(${expression})\nmain = true`
  const policy = compile({ name: 'case.sentinel', text })
  const { status, error, print } = evaluate(policy, { now: Date.UTC(2026, 10, 22, 3, 4, 5) })
  if (status === 'invalid') return `static: ${error?.message}`
  return status === 'error' ? `error: ${error?.message}` : (print.at(-1) ?? '')
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
  describe(file.replace('.txt', ''), () => {
    const lines = readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => /^[^#\s]/.test(line))
    for (const line of lines) {
      const [origin = '', setup = '', expression = '', expected = ''] = line
        .split(/ \| ?| ?\| /)
        .map((part) => part.trim())
      const name = `${setup} ${expression}`.trim()
      const gap = gaps[`${file}: ${name}`]
      it(gap === undefined ? name : `${name} (gap: ${gap})`, () => {
        expect(origin).toMatch(/^[DCO]$/)
        const got = outcome(evaluateWalked, setup, expression)
        const passes = /^(?:error|static): /.test(expected)
          ? got.includes(expected.replace(/^\w+: /, '')) && got.startsWith(expected.slice(0, 6))
          : got === expected
        if (gap !== undefined) expect(passes, 'a listed gap passes: take it off gaps.json').toBe(false)
        else if (!passes) expect(got).toBe(expected)
        for (const other of [evaluateGenerated, evaluateGenerally]) {
          expect(outcome(other, setup, expression)).toBe(got)
        }
      })
    }
  })
}
