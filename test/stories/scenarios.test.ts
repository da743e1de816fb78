// Which story shows which scenario of the specification: scenarios.json, and the first lines of each story.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import table from './scenarios.json' with { type: 'json' }

const named = new Map(Object.entries(table))

/** The lines in front of the first blank one. */
const headOf = (story: string) =>
  readFileSync(join(import.meta.dirname, `${story}.txtar`), 'utf8').split(/\n\s*\n/, 1)[0] ?? ''

describe('scenarios', () => {
  for (const [scenario, stories] of named) {
    it(`${scenario} is shown by ${stories.join(', ')}`, () => {
      expect(stories).not.toEqual([])
      for (const story of stories) expect(headOf(story)).toMatch(new RegExp(`\\b${scenario}\\b`))
    })
  }

  it('that a story names in its first lines are in the table', () => {
    const stories = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.txtar'))
    for (const story of stories.map((file) => file.replace('.txtar', ''))) {
      for (const [scenario] of headOf(story).matchAll(/\b[SW]\d{1,2}\b/g)) {
        expect([scenario, named.get(scenario)]).toEqual([scenario, expect.arrayContaining([story])])
      }
    }
  })

  it('that issues ask for are all there', () => {
    const wanted = [
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 17, 20].map((number) => `S${number}`),
      ...[2, 3, 4, 13, 14, 15, 16, 17, 44, 45, 46, 47, 48].map((number) => `W${number}`),
    ]
    expect([...named.keys()]).toEqual(wanted)
  })
})
