import { asSentinelError, rescued, type Soon, soon } from '../base/index.ts'
import type { Fact } from '../policy/index.ts'

/** Looks something up. What a look-up throws is a fact too, and denies (decision 7). */
export function fact<T>(look: () => Soon<T>): Soon<Fact<T>> {
  return rescued(
    () => soon(look(), (known): Fact<T> => ({ known })),
    (thrown): Fact<T> => ({ unavailable: asSentinelError(thrown) }),
  )
}

/** What a fact says. @throws SentinelError why it says nothing */
export function known<T>(fact: Fact<T>): T {
  if ('unavailable' in fact) throw fact.unavailable
  return fact.known
}
