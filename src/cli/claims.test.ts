import { describe, expect, it } from 'vitest'
import { meantBy, meantInstead, words } from './claims.ts'
import { program } from './program.ts'

const sections = await program.sections()
const names = sections.flatMap(({ commands }) => commands.map(({ name }) => name))

describe('what a word of another tool means', () => {
  for (const [line, want] of [
    ['check policy.sentinel', 'lint'],
    ['check -json a.sentinel', 'lint'],
    ['check 5f0c2a9b1d3e4f60', undefined],
    ['format a', 'fmt'],
    ['validate policy.yaml', 'config validate'],
    ['validate policy.sentinel', 'lint'],
    ['read secret/a', 'vault read'],
    ['constructor', undefined],
  ] as const) {
    it(line, () => expect(meantBy(line.split(' '), (name) => names.includes(name))).toBe(want))
  }

  it('goes before the word of our own only where what follows tells', () => {
    expect(meantInstead(['check', 'a.sentinel'], () => true)).toBe('lint')
    expect(meantInstead(['check', '5f0c2a9b1d3e4f60'], () => true)).toBeUndefined()
    expect(meantInstead(['list', 'secret/a'], () => true)).toBeUndefined()
  })

  it('is asked of the commands that exist', () =>
    expect(meantBy(['read', 'secret/a'], () => true)).toBe('vault read'))
})

it('every command begins with a word that somebody owns', () => {
  const owned = words.filter(([, { owner }]) => owner !== 'nobody').map(([word]) => word)
  expect(names.filter((name) => !owned.includes(name.split(' ')[0] ?? ''))).toEqual([])
})

it('no word stands in the table twice, and none leads to itself', () => {
  const all = words.map(([word]) => word)
  expect(all.filter((word, at) => all.indexOf(word) !== at)).toEqual([])
  expect(words.filter(([word, { claims }]) => claims.some(({ means }) => means === word))).toEqual([])
})
