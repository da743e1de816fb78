// Sealing, the key that encrypts, and what is done with shares of the key by those who have a token as well
// (spec/vault.md 8.5, 11.4).

import type { Barrier } from '../../../barrier/index.ts'
import { SentinelError } from '../../../base/index.ts'
import { type Ceremony, type CeremonyDeps, rekeyCeremonies, rootCeremonies } from '../../core/ceremonies.ts'
import type { Rotation } from '../../core/rotation.ts'
import type { Response } from '../../door.ts'
import { type Path, path } from '../path.ts'

export type KeyPathsDeps = CeremonyDeps & {
  readonly barrier: Pick<Barrier, 'keyStatus' | 'rotate' | 'rekeying' | 'rootGeneration'>
  readonly rotation: Rotation
  /** Forgets all keys, at once. */
  seal(): void
  /** How things stand, in the form of whoever collects it. */
  metrics(format: string): Response
}

/** `sys/seal`, `sys/rotate`, `sys/key-status`, `sys/metrics`, `sys/generate-root-token`. */
export function keyPaths(deps: KeyPathsDeps): readonly Path[] {
  return [
    seal(deps),
    stepDown,
    keyStatus(deps),
    rotate(deps, 'rotate'),
    rotate(deps, 'rotate/keyring'),
    rotateConfig(deps, 'rotate/config'),
    rotateConfig(deps, 'rotate/keyring/config'),
    ...rootCeremonies.map((each) => withToken(deps, 'generate-root-token/', each)),
    ...rekeyCeremonies.map((each) => ({ ...withToken(deps, 'rotate/root/', each), access: 'sudo' as const })),
    backedUpKeys,
    metrics(deps),
  ]
}

const seal = ({ seal: close }: KeyPathsDeps) =>
  path({
    pattern: 'seal',
    summary: 'Seals the server: nothing is answered until enough shares of the key are given',
    access: 'sudo',
    fields: {},
    operations: {
      write() {
        close()
        return {}
      },
    },
  })

const stepDown = path({
  pattern: 'step-down',
  summary: 'Does nothing: no other server stands by',
  access: 'sudo',
  fields: {},
  operations: { write: () => ({}) },
})

const keyStatus = ({ barrier }: KeyPathsDeps) =>
  path({
    pattern: 'key-status',
    summary: 'Tells about the key that encrypts what is stored',
    fields: {},
    operations: {
      read() {
        const { term, installedAt, encryptions } = barrier.keyStatus()
        return { data: { term, install_time: installedAt, encryptions }, isAlsoTopLevel: true }
      },
    },
  })

const rotate = ({ barrier }: KeyPathsDeps, pattern: string) =>
  path({
    pattern,
    summary: 'Encrypts with a new key from now on; older ones go on reading',
    access: 'sudo',
    fields: {},
    operations: {
      async write() {
        await barrier.rotate()
        return {}
      },
    },
  })

const rotateConfig = ({ rotation }: KeyPathsDeps, pattern: string) =>
  path({
    pattern,
    summary: 'When the key that encrypts changes by itself',
    fields: {
      enabled: { type: 'bool', help: 'whether it does' },
      max_operations: { type: 'int', help: 'after so many values' },
      interval: { type: 'seconds', help: 'after so much time; 0 for never' },
    },
    operations: {
      read() {
        const { enabled, maxOperations, intervalSeconds } = rotation.config()
        const data = { enabled, max_operations: maxOperations, interval: intervalSeconds }
        return { data, isAlsoTopLevel: true }
      },
      async write(_, { fields: { enabled, max_operations: maxOperations, interval: intervalSeconds } }) {
        await rotation.configure({
          ...(enabled !== undefined && { enabled }),
          ...(maxOperations !== undefined && { maxOperations }),
          ...(intervalSeconds !== undefined && { intervalSeconds }),
        })
        return {}
      },
    },
  })

/** Shares are given to those who made them, once, and kept nowhere. */
const backedUpKeys = path({
  pattern: 'rekey/backup',
  summary: 'Has nothing: no share is kept',
  fields: {},
  operations: {
    read() {
      throw new SentinelError('REQUEST_INVALID', 'no backed-up keys found')
    },
    delete: () => ({}),
  },
})

/** A step of a ceremony by whoever has a token that may. */
function withToken(deps: CeremonyDeps, prefix: string, ceremony: Ceremony): Path {
  const { name, summary, fields, read, write, delete: cancel } = ceremony
  const answering =
    (step: NonNullable<Ceremony['read']>): NonNullable<Path['operations']['read']> =>
    async (_, call) => {
      const data = await step(deps, call.fields)
      return data === undefined ? {} : { data }
    }
  return path({
    pattern: `${prefix}${name}`,
    summary,
    fields,
    operations: {
      write: answering(write),
      ...(read !== undefined && { read: answering(read) }),
      ...(cancel !== undefined && { delete: answering(cancel) }),
    },
  })
}

const metrics = ({ metrics: report }: KeyPathsDeps) =>
  path({
    pattern: 'metrics',
    summary: 'How things stand and what was counted',
    fields: { format: { type: 'string', help: '`prometheus`, or nothing for JSON' } },
    operations: { read: (_, { fields: { format = '' } }) => report(format) },
  })
