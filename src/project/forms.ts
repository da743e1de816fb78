// The blocks of a configuration as data, and what to say where one is not as it should be.

import { closest } from '../base/index.ts'

/** What each block may hold. */
export const forms: ReadonlyMap<string, Form> = new Map([
  ['global', { labels: [1], fields: ['value'], blocks: [] }],
  ['import', { labels: [2, 1], fields: ['source', 'format', 'path', 'args', 'env', 'config'], blocks: [] }],
  ['mock', { labels: [1], fields: ['data'], blocks: ['module'] }],
  ['module', { labels: [1], fields: ['source'], blocks: [] }],
  ['param', { labels: [1], fields: ['value'], blocks: [] }],
  ['policy', { labels: [1], fields: ['source', 'enforcement_level', 'params'], blocks: [] }],
  ['sentinel', { labels: [0], fields: ['features'], blocks: [] }],
  ['test', { labels: [0], fields: ['rules'], blocks: [] }],
])

/** A kind of block: how many labels it takes, and what may be in it. */
export type Form = {
  readonly labels: readonly [usual: number, before?: number]
  readonly fields: readonly string[]
  readonly blocks: readonly string[]
}

/** The block in a mock. */
export const insideMock: Form = { labels: [0], fields: ['source'], blocks: [] }
/** A hint to the word that was meant, or to all there are. */
export function didYouMean(text: string, words: Iterable<string>): string | undefined {
  const known = [...words]
  const near = closest(text, known)
  if (near !== undefined) return `did you mean \`${near}\`?`
  return known.length === 0 ? undefined : `known are ${known.join(', ')}`
}

const examples = new Map([
  ['global', 'global "name" { value = … }'],
  ['import', 'import "module" "name" { source = "./name.sentinel" }'],
  ['mock', 'mock "name" { data = { … } } or mock "name" { module { source = "./name.sentinel" } }'],
  ['module', 'module { source = "./name.sentinel" }'],
  ['param', 'param "name" { value = … }'],
  ['policy', 'policy "name" { source = "./name.sentinel" }'],
  ['test', 'test { rules = { main = true } }'],
])

/** A hint that shows how a block is written. */
export const exampleOf = (type: string) => `write it like ${examples.get(type) ?? `${type} { … }`}`
