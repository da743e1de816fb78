import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../src/machine/machine.fake.ts'
import { explained, reasonFor } from './explained.ts'
import { lookAt, passingWhenNegated } from './library.ts'
import { judgeFlipped, judgeLibrary } from './verdict.ts'

/** A library of our own, for the runner to run on. */
function library(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(freshFolder(), name)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

const good = {
  'p/limit.sentinel': 'main = rule { size < 10 }\n',
  'p/test/limit/small.hcl': 'global "size" {\n  value = 3\n}\n',
  'p/test/limit/large.json': '{ "global": { "size": 11 }, "test": { "main": false } }',
  'm/mock.sentinel': 'a = 1\n',
}

describe('a library', () => {
  it('that is as it should be', async () => {
    const found = await lookAt(library('policy-library-x', good))
    expect(judgeLibrary(found)).toEqual({
      line: 'policy-library-x: 2 of 2 files parsed; 2 fixed points of fmt, as all should be; 2 cases: 2 passed, 0 failed, 0 explained',
      wrong: [],
    })
  })

  it('with everything wrong', async () => {
    const bad = {
      ...good,
      'm/mock.sentinel': 'a=1\n',
      'm/broken.sentinel': 'a = \n',
      'p/test/limit/small.hcl': 'global "size" {\n  value = 30\n}\n',
    }
    const { wrong } = judgeLibrary(await lookAt(library('policy-library-x', bad)))
    expect(wrong).toEqual([
      'm/broken.sentinel: does not parse',
      'm/mock.sentinel: is not a fixed point of fmt',
      'p/test/limit/small.hcl: fail',
    ])
  })

  it('that nobody says is canonical need not be', async () => {
    const found = await lookAt(library('other', { ...good, 'm/mock.sentinel': 'a=1\n' }))
    expect(judgeLibrary(found).wrong).toEqual([])
  })

  it('whose failing case is explained, and one whose explained case passes', async () => {
    const known = [{ path: /small\.hcl$/, reason: 'of the moon' }]
    const failing = { ...good, 'p/test/limit/small.hcl': 'global "size" {\n  value = 30\n}\n' }
    expect(judgeLibrary(await lookAt(library('x', failing)), known).wrong).toEqual([])
    expect(judgeLibrary(await lookAt(library('x', good)), known).wrong).toEqual([
      'p/test/limit/small.hcl: passes, although: of the moon',
    ])
  })

  it('whose expectations are negated', async () => {
    const folder = library('x', good)
    const found = await lookAt(folder)
    expect(await passingWhenNegated(folder)).toEqual([])
    expect(judgeFlipped(found, []).line).toBe(
      'x: 2 of 2 passing cases fail when their expectations are negated',
    )
    expect(judgeFlipped(found, ['p/test/limit/small.hcl']).wrong).toEqual([
      'p/test/limit/small.hcl: passes whatever it expects',
    ])
  })
})

it('explanations are of single cases or folders of cases', () => {
  for (const { path } of explained) expect(path.source.endsWith('$')).toBe(true)
  expect(reasonFor('aws/test/enforce_s3_encryption/pass-v3.hcl')).toMatch('modules')
  expect(reasonFor('aws/test/enforce-mandatory-tags/pass.hcl')).toBeUndefined()
})
