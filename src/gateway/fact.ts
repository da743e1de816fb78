import { asSentinelError } from '../base/index.ts'
import type { Fact } from '../policy/index.ts'

/** Looks something up. What a look-up throws is a fact too, and denies (decision 7). */
export async function fact<T>(look: () => Promise<T>): Promise<Fact<T>> {
  try {
    return { known: await look() }
  } catch (thrown) {
    return { unavailable: asSentinelError(thrown) }
  }
}

/** What a fact says. @throws SentinelError why it says nothing */
export function known<T>(fact: Fact<T>): T {
  if ('unavailable' in fact) throw fact.unavailable
  return fact.known
}
