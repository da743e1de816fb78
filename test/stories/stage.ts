// What the stories of this repository are run with: the whole program, from its sources and as it was built.

import { join } from 'node:path'
import { program } from '../../src/cli/program.ts'
import { startStoryAws } from './local-aws.ts'
import type { Stage } from './world.ts'

export const stage: Stage = {
  program,
  golden: process.env.UPDATE_GOLDEN === '1' ? 'renewed' : 'compared',
  node: process.execPath,
  entry: join(import.meta.dirname, '..', '..', 'dist', 'sentinel.cjs'),
  startAws: startStoryAws,
}
