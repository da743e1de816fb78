import { describe, expect, it } from 'vitest'
import { decideRevocation, decideSession, type SessionState } from './revocation.ts'
import { outage, party } from './rules/kit.fake.ts'

const session: SessionState = { id: 'abc', profile: 'prod', status: 'active' }
const revoke = { reason: 'lost laptop', caller: { known: party('anybody') }, session: { known: session } }

describe("a session of one's own", () => {
  it('may be made by whoever can be named', () =>
    expect(decideSession({ profile: 'prod', caller: { known: party('anybody') } })).toMatchObject({
      kind: 'allow',
      grant: { profile: 'prod' },
    }))
  it('may not be made by somebody who could not be named', () =>
    expect(decideSession({ profile: 'prod', caller: outage }).kind).toBe('deny'))
})

describe('a session is revoked', () => {
  it('by whomever AWS lets', () =>
    expect(decideRevocation(revoke)).toMatchObject({
      kind: 'allow',
      because: 'aws decides',
      grant: { sessionId: 'abc', profile: 'prod' },
    }))

  for (const [name, changed, kind, code] of [
    ['by somebody who could not be named', { caller: outage }, 'unavailable', 'STS_ERROR'],
    ['when it could not be read', { session: outage }, 'unavailable', 'STS_ERROR'],
    ['without a reason', { reason: '' }, 'input', 'USAGE'],
    ['twice', { session: { known: { ...session, status: 'revoked' as const } } }, 'state', 'STATE_CONFLICT'],
    [
      'after its end',
      { session: { known: { ...session, status: 'ended' as const } } },
      'state',
      'STATE_CONFLICT',
    ],
  ] as const) {
    it(`not ${name}`, () =>
      expect(decideRevocation({ ...revoke, ...changed })).toMatchObject({
        kind: 'deny',
        why: { kind, error: { code } },
      }))
  }
})
