import { expect, it } from 'vitest'
import { SentinelError } from '../base/index.ts'
import { decideAdministration } from './administration.ts'
import { isAllow } from './decision.ts'

const change = { action: 'ssm:PutParameter', resource: '/sentinel/policies/dev' }

it('whoever can be named may try: AWS itself decides', () => {
  const caller = {
    known: { user: 'alice', arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333' },
  }
  const decision = decideAdministration({ ...change, caller })
  expect(isAllow(decision)).toBe(true)
  expect(decision).toMatchObject({ kind: 'allow', grant: change, because: 'aws decides' })
})

it('whoever cannot be named may not, since the record could not say who it was', () => {
  const unavailable = new SentinelError('STS_ERROR', 'no answer')
  expect(decideAdministration({ ...change, caller: { unavailable } })).toEqual({
    kind: 'deny',
    because: 'the caller is unknown',
    why: { error: unavailable },
  })
})
