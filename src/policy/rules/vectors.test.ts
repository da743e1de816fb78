// The shared decision vectors, each document compiled from YAML as a person would have it in a file.
// Where a vector carries `better`, that is this project's answer; else the reference's.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { compileAccessPolicy, evaluate, type Mode } from '../index.ts'

type Answer = {
  readonly effect?: string
  readonly rule?: string
  readonly index?: number
  readonly reason?: string
  readonly requires_server?: boolean
  readonly reject_document?: string
  readonly at?: string
}
type Vector = {
  readonly id: string
  readonly document: string
  readonly user: string
  readonly profile: string
  readonly mode: Mode
  readonly time: string
  readonly upstream?: Answer
  readonly better?: Answer
}
type Vectors = { readonly documents: Readonly<Record<string, unknown>>; readonly vectors: readonly Vector[] }

const file = join(import.meta.dirname, '../../../test/data/policy-vectors.json')
const { documents, vectors } = JSON.parse(readFileSync(file, 'utf8')) as Vectors

describe('decision vectors', () => {
  it('are all there', () => expect(vectors).toHaveLength(87))

  for (const { id, document, user, profile, mode, time, upstream, better } of vectors) {
    it(`${id}: ${user} asks for ${profile} by ${mode} at ${time}`, async () => {
      const nowMs = Date.parse(time)
      const text = stringify(documents[document])
      const compiled = await compileAccessPolicy({ name: document, text }, { nowMs, tzVersion: 'test' })
      const want = better ?? upstream
      if (want?.reject_document !== undefined) {
        expect('diagnostics' in compiled && compiled.diagnostics.map(({ location }) => location)).toEqual([
          want.at,
        ])
        return
      }
      if ('diagnostics' in compiled) throw new Error(JSON.stringify(compiled.diagnostics))
      const got = evaluate(compiled.policy, { user, profile, mode, nowMs })
      expect({ ...got, requires_server: got.requiresServer }).toMatchObject({ ...want })
    })
  }
})
