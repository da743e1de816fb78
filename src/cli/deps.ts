// The composition root: the only place that builds the real parts, each when it is first asked for.

import type { Clock, Random } from '../base/index.ts'
import { homeFolder, type Machine, type Paths, paths, platforms, systemWait } from '../machine/index.ts'
import type { Io } from './io.ts'

/** What every command is given. */
export type Deps = {
  readonly io: Io
  readonly clock: Clock
  readonly random: Random
  readonly machine: Machine
  readonly paths: Paths
}

/** The parts that a test may choose. */
export type Given = { readonly clock: Clock; readonly random: Random }

/** Builds the parts of one run. */
export function openDeps(io: Io, { clock, random }: Given): Deps {
  const platform = platforms[io.platform]
  const whereThingsLie = lazy(() => paths(platform, io.env, homeFolder(platform, io.env) ?? io.home))
  return {
    io,
    clock,
    random,
    machine: { platform, clock, random, wait: systemWait, pid: io.pid },
    get paths() {
      return whereThingsLie()
    },
  }
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
