import { expect, it } from 'vitest'
import type { Entry } from '../audit/index.ts'
import { SentinelError } from '../base/index.ts'
import { type AdministrationDeps, passAdministration } from './administration.ts'

const request = {
  requestId: '0123456789abcdef',
  action: 'ssm:PutParameter',
  resource: '/sentinel/policies/dev',
}
const alice = { user: 'alice', arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333' }

/** One change: its lines, whether it was made, and how it ended. */
async function change(more: Partial<AdministrationDeps<string>> = {}) {
  const lines: Entry[] = []
  let made = false
  const deps: AdministrationDeps<string> = {
    log: { append: (entries) => void lines.push(...entries) },
    circumstances: () => ({ host: 'laptop' }),
    caller: async () => alice,
    change: async () => {
      expect(lines).toHaveLength(1)
      made = true
      return 'done it'
    },
    ...more,
  }
  const end = await passAdministration(deps, request, new AbortController().signal).catch(
    (thrown: unknown) => thrown,
  )
  return { lines, made, end }
}

const base = {
  event: 'administration',
  request_id: request.requestId,
  action: request.action,
  resource: request.resource,
  host: 'laptop',
}
const who = { user: 'alice', caller_arn: alice.arn, account_id: alice.accountId }

it('a change is recorded before and after it is made', async () => {
  const { lines, end } = await change()
  expect(lines).toEqual([
    { ...base, ...who, outcome: 'started' },
    { ...base, ...who, outcome: 'done' },
  ])
  expect(end).toBe('done it')
})

it('a change that fails has a second line with the reason', async () => {
  const denied = new SentinelError('SSM_ACCESS_DENIED', 'no')
  const { lines, end } = await change({ change: () => Promise.reject(denied) })
  expect(lines[1]).toEqual({
    ...base,
    ...who,
    outcome: 'error',
    error_code: 'SSM_ACCESS_DENIED',
    reason: 'no',
  })
  expect(end).toBe(denied)
})

it('somebody who cannot be named changes nothing, and one line says so', async () => {
  const unknown = new SentinelError('STS_ERROR', 'who')
  const { lines, made, end } = await change({ caller: () => Promise.reject(unknown) })
  expect(lines).toEqual([{ ...base, user: '', outcome: 'error', error_code: 'STS_ERROR', reason: 'who' }])
  expect([made, end]).toEqual([false, unknown])
})

it('without a record nothing is changed', async () => {
  const full = new SentinelError('LOG_UNWRITABLE', 'full')
  const append = () => {
    throw full
  }
  const { made, end } = await change({ log: { append } })
  expect([made, end]).toEqual([false, full])
})
