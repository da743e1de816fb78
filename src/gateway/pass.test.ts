import { describe, expect, it } from 'vitest'
import { SentinelError } from '../base/index.ts'
import type { Decision, Fact } from '../policy/index.ts'
import { decideAdministration } from '../policy/index.ts'
import { type Corridor, type Door, type Entry, pass } from './pass.ts'

type Ask = { readonly key: string }
interface TestDoor extends Door {
  request: string
  facts: number
  ask: Ask
  answer: string
  grant: { readonly action: string; readonly resource: string }
  why: unknown
  result: string
}

const leave = () => {
  const decision = decideAdministration({
    action: 'put',
    resource: 'p',
    caller: { known: { user: 'alice', arn: 'a', accountId: '1' } },
  })
  if (decision.kind !== 'allow') throw new Error('no leave')
  return decision
}
const refusal = { kind: 'deny', because: 'rule', why: 'no' } as const

/** A corridor that notes every step, with one step replaced. */
function corridor(notes: string[], replaced: Partial<Corridor<TestDoor>> = {}): Corridor<TestDoor> {
  return {
    gather: async () => {
      notes.push('gather')
      return 1
    },
    decide: () => {
      notes.push('decide')
      return leave()
    },
    answer: async ({ key }) => {
      notes.push(`answer ${key}`)
      return { known: key }
    },
    record: async (entries: readonly Entry<TestDoor>[]) => {
      const said = entries.map((entry) => (entry.stage === 'ended' ? `ended ${entry.end.kind}` : entry.stage))
      notes.push(`record ${said.join(' and ')}`)
    },
    ready: async () => undefined,
    act: async () => {
      notes.push('act')
      return { kind: 'done', result: 'credentials' }
    },
    ...replaced,
  }
}

const walk = async (replaced: Partial<Corridor<TestDoor>>, signal = new AbortController().signal) => {
  const notes: string[] = []
  const walked = async () => pass(corridor(notes, replaced), 'request', signal)
  const outcome = await walked().catch((error: SentinelError) => error)
  return { notes, outcome }
}

describe('the corridor', () => {
  it('records before it acts and again before it releases', async () => {
    const { notes, outcome } = await walk({})
    expect(notes).toEqual(['gather', 'decide', 'record decided', 'act', 'record ended done'])
    expect(outcome).toEqual({ kind: 'done', result: 'credentials' })
  })

  it('turns back at a refusal, which is recorded', async () => {
    const { notes, outcome } = await walk({ decide: () => refusal })
    expect(notes).toEqual(['gather', 'record decided'])
    expect(outcome).toBe(refusal)
  })

  it('does not act when the decision cannot be recorded', async () => {
    const acted: string[] = []
    const { outcome } = await walk({
      record: () => {
        throw new SentinelError('LOG_UNWRITABLE', 'disk full')
      },
      act: async () => {
        acted.push('act')
        return { kind: 'done', result: 'credentials' }
      },
    })
    expect(outcome).toMatchObject({ code: 'LOG_UNWRITABLE' })
    expect(acted).toEqual([])
  })

  it('releases nothing when the outcome cannot be recorded', async () => {
    const { outcome } = await walk({
      record: ([entry]) => {
        if (entry?.stage === 'ended') throw new SentinelError('LOG_UNWRITABLE', 'disk full')
      },
    })
    expect(outcome).toMatchObject({ code: 'LOG_UNWRITABLE' })
  })

  it('refuses an allow that no decision made', async () => {
    const lookAlike = { ...leave() } as ReturnType<typeof leave>
    const looked: string[] = []
    const ready = async () => void looked.push('ready')
    const { notes, outcome } = await walk({ decide: () => lookAlike, ready })
    expect(notes).toEqual(['gather', 'record decided and ended failed'])
    expect(outcome).toMatchObject({ code: 'INTERNAL' })
    expect(looked).toEqual([])
  })

  it('releases what lies ready after both records, which are written as one', async () => {
    const { notes, outcome } = await walk({ ready: async () => ({ kind: 'done', result: 'kept' }) })
    expect(notes).toEqual(['gather', 'decide', 'record decided and ended done'])
    expect(outcome).toEqual({ kind: 'done', result: 'kept' })
  })

  it('releases nothing that lies ready when that cannot be recorded', async () => {
    const { outcome } = await walk({
      ready: async () => ({ kind: 'done', result: 'kept' }),
      record: () => {
        throw new SentinelError('LOG_UNWRITABLE', 'disk full')
      },
    })
    expect(outcome).toMatchObject({ code: 'LOG_UNWRITABLE' })
  })

  it('records that looking for what lies ready failed, and does not act', async () => {
    const broken = () => Promise.reject(new SentinelError('CACHE_TAMPERED', 'edited'))
    const { notes, outcome } = await walk({ ready: broken })
    expect(notes).toEqual(['gather', 'decide', 'record decided and ended failed'])
    expect(outcome).toMatchObject({ code: 'CACHE_TAMPERED' })
  })

  it('looks for nothing after a refusal', async () => {
    const ready = () => Promise.reject(new Error('looked'))
    expect((await walk({ decide: () => refusal, ready })).notes).toEqual(['gather', 'record decided'])
  })

  for (const step of ['gather', 'decide', 'answer'] as const) {
    it(`records a fault of ${step} and throws it`, async () => {
      const broken = () => {
        throw new SentinelError('STS_ERROR', 'half an answer')
      }
      const asking = { decide: () => ({ kind: 'need', ask: { key: 'k' } }) as const }
      const { notes, outcome } = await walk({ ...(step === 'answer' ? asking : {}), [step]: broken })
      expect(notes.at(-1)).toBe('record fault')
      expect(notes).not.toContain('act')
      expect(outcome).toMatchObject({ code: 'STS_ERROR' })
    })
  }

  it('records a failed act, then throws it', async () => {
    const { notes, outcome } = await walk({
      act: () => Promise.reject(new SentinelError('STS_THROTTLED', 'slow down')),
    })
    expect(notes.at(-1)).toBe('record ended failed')
    expect(outcome).toMatchObject({ code: 'STS_THROTTLED' })
  })

  it('lets act refuse', async () => {
    const { notes, outcome } = await walk({ act: async () => refusal })
    expect(notes.at(-1)).toBe('record ended deny')
    expect(outcome).toBe(refusal)
  })

  it('records what nobody waits for any more as abandoned, and releases nothing', async () => {
    const gone = new AbortController()
    const { notes, outcome } = await walk(
      {
        act: async () => {
          gone.abort()
          return { kind: 'done', result: 'credentials' }
        },
      },
      gone.signal,
    )
    expect(notes.at(-1)).toBe('record ended abandoned')
    expect(outcome).toMatchObject({ code: 'ABANDONED' })
  })

  it('asks for one fact at a time and decides again from the start', async () => {
    const decide = (
      _: number,
      answers: ReadonlyMap<string, Fact<string>>,
    ): Decision<TestDoor['grant'], unknown, Ask> => {
      const missing = ['a', 'b'].find((key) => !answers.has(key))
      return missing === undefined ? leave() : { kind: 'need', ask: { key: missing } }
    }
    const { notes } = await walk({ decide })
    expect(notes).toEqual(['gather', 'answer a', 'answer b', 'record decided', 'act', 'record ended done'])
  })

  it('calls it a bug when a decision asks for what it was told, or without end', async () => {
    const again = await walk({ decide: () => ({ kind: 'need', ask: { key: 'k' } }) })
    expect(again.outcome).toMatchObject({ code: 'INTERNAL', message: 'the decision asked too often: `k`' })
    const endless = await walk({
      decide: (_, answers) => ({ kind: 'need', ask: { key: String(answers.size) } }),
    })
    expect(endless.outcome).toMatchObject({ code: 'INTERNAL' })
    expect(endless.notes.filter((note) => note.startsWith('answer'))).toHaveLength(64)
  })
})
