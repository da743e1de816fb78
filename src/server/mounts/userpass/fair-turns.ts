// Turns at slow work that strangers ask for: whoever asks for much of it keeps themselves waiting, not others.

import { SentinelError } from '../../../base/index.ts'

/** Does something for somebody, when it is their turn. @throws SentinelError RATE_LIMITED, and what it throws */
export type FairTurns = <T>(asker: string, subject: string, run: () => Promise<T>) => Promise<T>

type Waiting = { readonly subject: string; run(): Promise<void> }

/**
 * Askers take turns, each in the order of asking; of one subject one thing is done at a time.
 *
 * @param atOnce how much is done at a time
 * @param maxWaiting how much one asker may have waiting
 */
export function fairTurns({
  atOnce,
  maxWaiting,
}: {
  readonly atOnce: number
  readonly maxWaiting: number
}): FairTurns {
  // Whose turn is next stands first.
  const lanes = new Map<string, readonly Waiting[]>()
  const busy = new Set<string>()
  const next = (): Waiting | undefined => {
    for (const [asker, lane] of lanes) {
      const found = lane.find(({ subject }) => !busy.has(subject))
      if (found === undefined) continue
      const rest = lane.filter((each) => each !== found)
      lanes.delete(asker)
      if (rest.length > 0) lanes.set(asker, rest)
      return found
    }
    return undefined
  }
  const goOn = (): void => {
    while (busy.size < atOnce) {
      const found = next()
      if (found === undefined) return
      busy.add(found.subject)
      void found.run().finally(() => {
        busy.delete(found.subject)
        goOn()
      })
    }
  }
  return (asker, subject, run) => {
    const lane = lanes.get(asker) ?? []
    if (lane.length >= maxWaiting) {
      return Promise.reject(
        new SentinelError('RATE_LIMITED', 'too many passwords are being checked', {
          hint: 'try again in some seconds',
        }),
      )
    }
    return new Promise((resolve, reject) => {
      lanes.set(asker, [...lane, { subject, run: () => run().then(resolve, reject) }])
      goOn()
    })
  }
}
