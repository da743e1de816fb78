import { closeSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fakeMachine, freshFolder } from '../machine/machine.fake.ts'
import type { ChangeEntry } from './entry.ts'
import { findDecision } from './index.ts'
import { decision, idOf, outcome, testLog } from './log.fake.ts'
import { requestIdIn } from './look-up.ts'

const stamp = (number: number) => `sentinel,alice,${idOf(number)}`

/** A decision with credentials that were used twice more, and a refusal. */
function written() {
  const set = testLog()
  set.log.append([decision(1)])
  set.log.append([outcome(1, { served: 'fresh', issued_by: idOf(1), source_identity: stamp(1) })])
  set.log.append([decision(2)])
  set.log.append([outcome(2, { served: 'cache', issued_by: idOf(1), source_identity: stamp(1) })])
  set.log.append([decision(3, { effect: 'deny' })])
  set.log.append([outcome(3, { outcome: 'denied' })])
  set.log.append([decision(4)])
  set.log.append([outcome(4, { served: 'cache', issued_by: idOf(1) })])
  return set
}

test('a decision comes with its outcome and every later use of what it issued', async () => {
  const { file } = written()
  for (const asked of [idOf(1), stamp(1), `sentinel:alice:${idOf(1)}`, `sentinel:alice:direct:${idOf(1)}`]) {
    const found = await findDecision(fakeMachine(), file, asked)
    expect(found.decision?.line).toBe(2)
    expect(found.decision?.fields.get('rule')).toBe('developers')
    expect(found.outcomes.map(({ line }) => line)).toEqual([3])
    expect(found.uses.map(({ line }) => line)).toEqual([5, 9])
    expect(found).toMatchObject({
      issuedBy: undefined,
      sourceIdentities: [stamp(1)],
      lines: 9,
      unreadable: 0,
    })
  }
})

test('a use of the cache names the request whose credentials it served', async () => {
  const found = await findDecision(fakeMachine(), written().file, idOf(2))
  expect(found).toMatchObject({ issuedBy: idOf(1), uses: [], decision: { line: 4 }, outcomes: [{ line: 5 }] })
})

test('a refusal has a decision and an outcome', async () => {
  const found = await findDecision(fakeMachine(), written().file, idOf(3))
  expect(found.decision?.fields.get('effect')).toBe('deny')
  expect(found.outcomes[0]?.fields.get('outcome')).toBe('denied')
})

test('an open file, such as standard input, is read and left open', async () => {
  const file = openSync(written().file, 'r')
  expect((await findDecision(fakeMachine(), file, idOf(3))).decision?.line).toBe(6)
  closeSync(file)
})

test('foreign and broken lines are counted and passed over; lines of the reference are understood', async () => {
  const path = join(freshFolder(), 'log')
  const reference =
    '{"timestamp":"2026-02-03T10:00:00Z","user":"alice","profile":"live","effect":"allow","request_id":"e8d38fce","source_identity":"sentinel:alice:e8d38fce"}'
  const lines = [
    '{"torn',
    '[1]',
    '{"__proto__":{"request_id":"e8d38fce"}}',
    '',
    reference,
    '\u0000',
    `x${'y'.repeat(1e7)}`,
  ]
  writeFileSync(path, Buffer.concat([Buffer.from(lines.join('\n')), Buffer.from([0x0a, 0xff, 0xfe])]))
  const found = await findDecision(fakeMachine(), path, 'sentinel:alice:e8d38fce')
  expect(found.decision?.line).toBe(5)
  expect(found).toMatchObject({ lines: 8, unreadable: 6, sourceIdentities: ['sentinel:alice:e8d38fce'] })
})

describe('what is not found is an error', () => {
  for (const [name, asked, message] of [
    ['an id that nobody has', idOf(99), `no line is about \`${idOf(99)}\` in 9 lines`],
    ['a text that is no id', 'alice', '`alice` is neither a request id nor a SourceIdentity'],
    ['a text with an escape', '\u001b[2J', '`` is neither a request id nor a SourceIdentity'],
  ] as const) {
    test(name, async () => {
      await expect(findDecision(fakeMachine(), written().file, asked)).rejects.toMatchObject({
        code: 'DECISION_NOT_FOUND',
        message,
      })
    })
  }

  test('a log that is not there, or a folder', async () => {
    for (const path of ['/nonexistent/log', freshFolder()])
      await expect(findDecision(fakeMachine(), path, idOf(1))).rejects.toMatchObject({
        code: 'LOG_UNREADABLE',
      })
  })
})

describe('a request id in a text', () => {
  for (const [text, want] of [
    ['0123456789abcdef', '0123456789abcdef'],
    ['e8d38fce', 'e8d38fce'],
    ['sentinel,a=2Cb,0123456789abcdef', '0123456789abcdef'],
    ['sentinel:alice:e8d38fce', 'e8d38fce'],
    ['sentinel:alice:a1b2c3d4:e8d38fce', 'e8d38fce'],
    ['sentinel:alice,e8d38fce', undefined],
    ['sentinel,e8d38fce', undefined],
    ['other,alice,e8d38fce', undefined],
    ['E8D38FCE', undefined],
    ['e8d38fc', undefined],
    ['e8d38fce\n', undefined],
    ['', undefined],
  ] as const) {
    test(`${JSON.stringify(text)}: ${want}`, () => {
      expect(requestIdIn(text)).toBe(want)
    })
  }
})

describe('what lasts', () => {
  const [approval, event, session] = ['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb', 'cccccccccccccccc']
  const change = (name: ChangeEntry['event'], walk: number, more: Partial<ChangeEntry>): ChangeEntry => ({
    event: name,
    walk_id: idOf(walk),
    user: 'carol',
    actor: 'carol',
    outcome: 'done',
    ...more,
  })
  function lasting() {
    const set = testLog()
    set.log.append([change('request.created', 1, { request_id: approval, outcome: 'started' })])
    set.log.append([change('request.created', 1, { request_id: approval, status: 'pending' })])
    set.log.append([change('request.approved', 2, { request_id: approval, status: 'approved' })])
    set.log.append([decision(3, { override: 'approval', approved_request_id: approval })])
    set.log.append([change('request.consumed', 3, { request_id: approval })])
    set.log.append([outcome(3, { override: 'approval', approved_request_id: approval, session_id: session })])
    set.log.append([decision(4, { break_glass_event_id: event, outcome: 'denied' })])
    set.log.append([change('breakglass.closed', 5, { event_id: event })])
    set.log.append([change('session.revoked', 6, { session_id: session })])
    return set
  }

  for (const [name, asked, named, changes, uses] of [
    ['a request for approval has its changes, and each use once', approval, 'request', [2, 3, 4, 6], [7]],
    ['an event has its changes, and what it did not serve for', event, 'event', [9], [8]],
    ['a session has its changes and the requests that it served', session, 'session', [10], [7]],
    ['a command that changed something has what it changed', idOf(2), 'walk', [4], []],
    ['a request for credentials has what it consumed', idOf(3), 'credentials', [6], []],
  ] as const) {
    test(name, async () => {
      const found = await findDecision(fakeMachine(), lasting().file, asked)
      expect(found.named).toBe(named)
      expect(found.changes.map(({ line }) => line)).toEqual(changes)
      expect(found.uses.map(({ line }) => line)).toEqual(uses)
    })
  }
})
