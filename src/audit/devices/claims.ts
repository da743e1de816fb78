// Which file belongs to which device: two devices in one file would write everything twice.

import { SentinelError } from '../../base/index.ts'

export type Claims = {
  /** @throws SentinelError REQUEST_INVALID where another device has it */
  take(file: string, device: string): void
  /** Gives back all files of a device. */
  release(device: string): void
}

/** Begins with none. */
export function openClaims(): Claims {
  const holders = new Map<string, string>()
  return {
    take(file, device) {
      const holder = holders.get(file) ?? device
      if (holder !== device)
        throw new SentinelError('REQUEST_INVALID', `the audit device \`${holder}\` writes that file already`)
      holders.set(file, device)
    },
    release(device) {
      for (const [file, holder] of holders) if (holder === device) holders.delete(file)
    },
  }
}
