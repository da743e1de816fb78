import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { closingLine } from '../../dev/closing-line.ts'
import { runStory, StorySkipped } from './script.ts'
import { stage } from './stage.ts'

// Each waits for processes of its own most of the time, and shares nothing with the others.
describe.concurrent('stories', () => {
  for (const name of readdirSync(import.meta.dirname).filter((each) => each.endsWith('.txtar'))) {
    it(name.replace(/\.txtar$/, ''), { timeout: 120_000 }, async ({ skip }) => {
      const file = join(import.meta.dirname, name)
      const text = readFileSync(file, 'utf8')
      const renewed = await runStory(`test/stories/${name}`, text, stage).catch((thrown: unknown) => {
        if (!(thrown instanceof StorySkipped)) throw thrown
        closingLine(`story ${name}: skipped, ${thrown.message}`)
        return skip(thrown.message)
      })
      if (renewed !== text) writeFileSync(file, renewed)
    })
  }
})

// .ci/run gives the paths of these binaries; elsewhere they are usually absent.
describe('the built program keeps its stories under', () => {
  for (const major of [22, 24]) {
    const node = process.env[`SENTINEL_NODE${major}`]
    it.skipIf(node === undefined)(`Node ${major} (SENTINEL_NODE${major} names its binary)`, async () => {
      expect(execFileSync(node ?? '', ['--version'], { encoding: 'utf8' })).toMatch(`v${major}.`)
      for (const name of ['program.txtar', 'smoke.txtar']) {
        const text = readFileSync(join(import.meta.dirname, name), 'utf8')
        await runStory(`test/stories/${name}`, text, { ...stage, node: node ?? '' })
      }
    })
  }
})
