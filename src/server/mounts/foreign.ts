// Auth methods of Vault that this server knows by name only. They can be mounted and tuned, as scripts that set servers up
// do, and let nobody in: whoever mounts one is warned.

import type { MountType } from './path.ts'

const names = ['gcp', 'github'] as const

export const foreignAuth: readonly (readonly [string, MountType])[] = names.map((type) => [
  type,
  {
    type,
    class: 'auth',
    help: `This server knows \`${type}\` by name only: it can be mounted, and lets nobody in.`,
    paths: [],
  },
])
