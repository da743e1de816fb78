import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { placeInMemory } from './dev/temporary.ts'

// Most of what is tested runs a few times and never again. V8 would spend a fifth of the processor's time on making it
// fast: it waits eight times as long as it does by itself before it calls a function hot.
setFlagsFromString('--interrupt-budget=1000000')

/** The files that take longest, longest first: one that began last would run on beside an idle core. */
const longest = [
  'test/stories/stories.test.ts',
  'dev/faults/faults.test.ts',
  'test/hostile.test.ts',
  'dev/aws/contract.test.ts',
  'src/store/contract.test.ts',
  'src/lang/hostile.test.ts',
  'test/clients.test.ts',
  'dev/bench/bench.test.ts',
  'dev/storm/storm.test.ts',
  'dev/races/commands.test.ts',
  'src/store/dynamodb/tables.test.ts',
  'src/lang/policy.test.ts',
  'dev/fuzz/fuzz.test.ts',
].map((file) => join(import.meta.dirname, file))
for (const file of longest) if (!existsSync(file)) throw new Error(`${file} is not there to go first`)

/** Vitest's own order knows how long a file took only where it ran before. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = (await super.sort(files)).filter(({ moduleId }) => !longest.includes(moduleId))
    const first = longest.flatMap((file) => files.filter(({ moduleId }) => moduleId === file))
    return [...first, ...others]
  }
}

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'dev/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: 'test/built.ts',
    pool: 'threads',
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Many tests wait for a process of their own: one worker fewer than there are cores would leave half of them idle.
    maxWorkers: '100%',
    // Of the tests of one file that wait for their processes together: more would hardly leave one of these a core.
    maxConcurrency: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // No test can take the power away, so a disk would show nothing, and each of its thousand writes is waited for.
    env: { TMPDIR: placeInMemory(), AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
})
