import { describe, expect, it } from 'vitest'
import {
  type Emergency,
  type EmergencyEvent,
  eventStatusAt,
  eventStep,
  eventUsableUntil,
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
    reasonCode: 'incident',
    justification: 'The database is down',
    durationSeconds: 3600,
    rule: 'oncall',
    overrides: ['deny'],
    mfaSerial: undefined,
    requestId: '0123456789abcdef',
  },
  t,
)
const inForce: Emergency = { ...opening, openedAtMs: t }
const closed: Emergency = { ...inForce, status: 'closed', closedBy: 'carol' }

const open: EmergencyEvent = { kind: 'open' }
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
    ['closed where that was never completed', opening, t + openingMs, 'closed'],
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

describe('an event serves', () => {
  it('its invoker for its profile until its end', () => {
    expect(eventUsableUntil(inForce, alice, 'prod', t + hour - 1)).toEqual({ untilMs: t + hour })
  })

  for (const [name, event, caller, profile, at] of [
    ['another profile', inForce, alice, 'dev', t],
    [
      'another ARN of the same name',
      inForce,
      { ...alice, arn: 'arn:aws:iam::111122223333:user/other/alice' },
      'prod',
      t,
    ],
    ['another account', inForce, { ...alice, accountId: '444455556666' }, 'prod', t],
    ['when it is closed', closed, alice, 'prod', t],
    ['when its time is over', inForce, alice, 'prod', t + hour],
    ['when it never came into force', opening, alice, 'prod', t],
    [
      'when its row says that it lasts longer than it was opened for',
      { ...inForce, expiresAtMs: t + 2 * hour },
      alice,
      'prod',
      t,
    ],
    ['when it is bound to nobody', (({ invokerArn: _, ...rest }) => rest)(inForce), alice, 'prod', t],
  ] as const) {
    it(`not ${name}`, () => expect(eventUsableUntil(event, caller, profile, at)).toHaveProperty('because'))
  }
})
