// What is not kept yet is made: once across all processes that want it now.

import { createHash } from 'node:crypto'
import type { SentinelError } from '../base/index.ts'
import { type NamedTexts, sealedFiles, singleFlight } from '../machine/index.ts'
import type { CredentialsDeps } from './deps.ts'
import { folderOf } from './folders.ts'

/** How a kept value is written, read and made. */
export type Kept<T> = {
  /** Undefined when the text no longer serves. */
  textToValue(text: string): T | undefined
  valueToText(value: T): string
  make(): Promise<T>
}

/** A value that no file has. */
export async function madeOnce<T>(
  deps: CredentialsDeps,
  files: NamedTexts,
  key: string,
  kept: Kept<T> & { read(): T | undefined },
): Promise<{ readonly value: T; readonly served: 'fresh' | 'cache' }> {
  const notes = sealedFiles({ ...deps.machine, keys: deps.keys }, folderOf(deps, 'failures'))
  const mark = createHash('sha256').update(key).digest('hex').slice(0, 32)
  let served: 'fresh' | 'cache' = 'cache'
  const once = await singleFlight(
    { ...deps.machine, notes },
    {
      name: key,
      lock: deps.machine.platform.path.join(folderOf(deps, 'locks'), mark),
      read: kept.read,
      make: async () => {
        served = 'fresh'
        return kept.make()
      },
      write: (made) => files.write(key, kept.valueToText(made)),
      isShared,
    },
  )
  return { value: once, served }
}

// A failure of the person (a wrong code, no terminal, an interrupt) is nobody else's.
function isShared({ code }: SentinelError): boolean {
  return !['CANCELLED', 'INTERNAL', 'MFA_FAILED', 'MFA_REQUIRED', 'TERMINAL_REQUIRED'].includes(code)
}
