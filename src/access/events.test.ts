import { describe, expect, it } from 'vitest'
import {
  type Emergency,
  type EmergencyEvent,
  eventStatusAt,
  eventStep,
  inForceUntil,
  newEvent,
  openingMs,
} from './events.ts'

const t = Date.parse('2026-02-03T10:00:00Z')
const hour = 3_600_000
const alice = { user: 'alice', arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333' }
const opening = newEvent(
  {
    invoker: alice,
    profile: 'prod',
    roleArn: 'arn:aws:iam::111122223333:role/ProdRole',
    reasonCode: 'incident',
    justification: 'The database is down',
    durationSeconds: 3600,
    rule: 'oncall',
    overrides: ['deny'],
    mfaSerial: undefined,
    escalated: false,
    requestId: '0123456789abcdef',
  },
  t,
)
const inForce: Emergency = { ...opening, openedAtMs: t }
const closed: Emergency = { ...inForce, status: 'closed', closedBy: 'carol' }

const open: EmergencyEvent = { kind: 'open', atMs: t + 1 }
const close: EmergencyEvent = { kind: 'close', by: 'carol', reason: 'It is over' }
const giveUp: EmergencyEvent = { kind: 'give up', reason: 'somebody was faster' }

describe('an event', () => {
  for (const [name, from, happens, at, end] of [
    ['comes into force once its opening is completed', opening, open, t + 1, { openedAtMs: t + 1 }],
    ['does not once that took too long', opening, open, t + openingMs, 'its opening took too long'],
    ['does not twice', inForce, open, t + 1, 'it is in force already'],
    ['does not after it was given up', { ...opening, status: 'closed' }, open, t + 1, 'it was closed at'],
    [
      'is closed by somebody, for a reason',
      inForce,
      close,
      t + 1,
      { status: 'closed', closedBy: 'carol', closedReason: 'It is over' },
    ],
    ['is not closed twice', closed, close, t + 1, 'it was closed by carol at 2026-02-03T10:00:00Z'],
    ['is not closed once its time is over', inForce, close, t + hour, 'it expired at 2026-02-03T11:00:00Z'],
    [
      'is given up on the way',
      opening,
      giveUp,
      t + openingMs + 1,
      { status: 'closed', closedReason: 'somebody was faster' },
    ],
    ['is not given up in force', inForce, giveUp, t + 1, 'it is in force'],
  ] as const) {
    it(name, () => {
      const step = eventStep(from, happens, at)
      if (typeof end === 'string')
        expect(step).toMatchObject({ kind: 'refused', because: expect.stringContaining(end) })
      else expect(step).toEqual({ kind: 'next', event: { ...from, ...end, updatedAtMs: at } })
    })
  }

  for (const [name, event, at, status] of [
    ['active while its opening is under way', opening, t + openingMs - 1, 'active'],
    ['abandoned where that was never completed', opening, t + openingMs, 'abandoned'],
    ['abandoned for ever', opening, t + 10 * hour, 'abandoned'],
    [
      'closed where its row tells of that, whatever its status says',
      { ...closed, status: 'active' },
      t,
      'closed',
    ],
    ['active in force', inForce, t + hour - 1, 'active'],
    ['expired once its time is over, whatever is written', inForce, t + hour, 'expired'],
    ['closed for ever', closed, t + 10 * hour, 'closed'],
  ] as const) {
    it(`is ${name}`, () => expect(eventStatusAt(event, at)).toBe(status))
  }

  it('lasts four hours at most', () => {
    const long = newEvent(
      {
        ...opening,
        invoker: alice,
        roleArn: undefined,
        reasonCode: 'incident',
        durationSeconds: 10 * 3600,
        mfaSerial: undefined,
        requestId: '0',
      },
      t,
    )
    expect(long.expiresAtMs).toBe(t + 4 * hour)
  })
})

describe('an event is in force', () => {
  it('until its end', () => {
    expect(inForceUntil(inForce, t + hour - 1)).toEqual({ untilMs: t + hour })
  })

  for (const [name, event, at] of [
    ['when it is closed', closed, t],
    ['when its row tells of its closing, whatever its status says', { ...closed, status: 'active' }, t],
    ['when its time is over', inForce, t + hour],
    ['when it never came into force', opening, t],
    [
      'when its row says that it lasts longer than it was opened for',
      { ...inForce, expiresAtMs: t + 2 * hour },
      t,
    ],
    ['before it begins', inForce, t - 1],
  ] as const) {
    it(`not ${name}`, () => expect(inForceUntil(event, at)).toHaveProperty('because'))
  }
})
