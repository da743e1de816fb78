import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openKeys } from '../machine/index.ts'
import { fakeMachine, freshFolder } from '../machine/machine.fake.ts'
import type { ChangeEntry } from './entry.ts'
import { findDecision } from './index.ts'
import { idOf, testLog } from './log.fake.ts'
import { openWords, sealingLog } from './words.ts'

const change = (more: Partial<ChangeEntry>): ChangeEntry => ({
  event: 'breakglass.closed',
  event_id: idOf(1),
  walk_id: idOf(2),
  user: 'alice',
  actor: 'alice',
  outcome: 'done',
  ...more,
})
const words = {
  justification: 'Payments are down',
  approver_comment: 'Go ahead',
  closed_reason: 'Payments are back',
  revoked_reason: 'A laptop was lost',
}
const otherKeys = () => openKeys(fakeMachine(), join(freshFolder(), 'keys.json'))

const sealed = () => {
  const { log, deps, ...more } = testLog()
  return { ...more, keys: deps.keys, log: sealingLog(deps, log) }
}

describe('what people wrote', () => {
  it('is encrypted in the file, and shown to whoever has its keys', async () => {
    const { log, file, keys, verify } = sealed()
    void log.append([change(words)])
    const text = readFileSync(file, 'utf8')
    for (const word of Object.values(words)) expect(text).not.toContain(word)
    expect(verify().problemCount).toBe(0)
    const found = await findDecision(fakeMachine(), file, idOf(1))
    expect(Object.fromEntries(openWords(keys, found).changes[0]?.fields ?? [])).toMatchObject(words)
  })

  it('stays as it is for other keys', async () => {
    const { log, file } = sealed()
    void log.append([change(words)])
    const found = await findDecision(fakeMachine(), file, idOf(1))
    expect(openWords(otherKeys(), found)).toEqual(found)
  })

  for (const [name, moved] of [
    ['in the line of another walk', { walk_id: idOf(3) }],
    ['under another name', { closed_reason: undefined, justification: 'closed_reason' }],
  ] as const) {
    it(`is not shown ${name}`, async () => {
      const { log, file, keys } = sealed()
      void log.append([change({ closed_reason: 'Payments are back' })])
      const found = await findDecision(fakeMachine(), file, idOf(1))
      const [line] = found.changes
      if (line === undefined) throw new Error('there is no line')
      const fields = new Map([...line.fields, ...Object.entries(moved)])
      if ('justification' in moved) fields.set('justification', line.fields.get('closed_reason'))
      const shown = openWords(keys, { ...found, changes: [{ ...line, fields }] })
      expect(JSON.stringify([...(shown.changes[0]?.fields ?? [])])).not.toContain('Payments are back')
    })
  }

  it('is nothing where nothing was written', () => {
    const { log, entries } = sealed()
    void log.append([change({ closed_reason: '' })])
    expect(entries().at(-1)).toMatchObject({ closed_reason: '' })
  })
})
