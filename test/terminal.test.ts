// The questions at a real terminal: `script` (util-linux) gives the child one of its own.

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'sentinel-terminal-'))
afterAll(() => rmSync(folder, { recursive: true }))

const probe = join(folder, 'probe.mts')
writeFileSync(
  probe,
  `import { realIo } from '${root}/src/cli/real-io.ts'
import { ask, askSecret, confirm } from '${root}/src/cli/terminal.ts'
const io = realIo()
const instead = { instead: 'x' }
try {
  const name = await ask(io, 'name?', instead)
  const secret = await askSecret(io, 'code?', instead)
  const sure = await confirm(io, 'sure?', instead)
  io.stdout.write(\`\\n[\${name}|\${secret.reveal().length}|\${sure}]\\n\`)
} catch (error) {
  io.stdout.write(\`\\n[\${error.code}]\\n\`)
}
process.exit(0)
`,
)
const line = `${process.execPath} --import ${join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs')} ${probe}`
const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0

/** Types each answer when its question is shown, and gives all that the terminal showed. */
function converse(answers: ReadonlyMap<string, string>): Promise<string> {
  const child = spawn('script', ['-qec', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'] })
  const left = new Map(answers)
  let shown = ''
  child.stdout.on('data', (chunk) => {
    shown += String(chunk)
    for (const [question, answer] of left) {
      if (!shown.includes(question)) continue
      left.delete(question)
      child.stdin.write(answer)
    }
  })
  return new Promise((done) => child.once('close', () => done(shown)))
}

describe.skipIf(!hasScript)('at a real terminal (needs `script` of util-linux)', () => {
  it('answers are read, a secret is not shown', async () => {
    const shown = await converse(
      new Map([
        ['name?', 'alice\r'],
        ['code?', 'hunter2\r'],
        ['sure?', 'y\r'],
      ]),
    )
    expect(shown).toContain('[alice|7|true]')
    expect(shown).toContain('name? alice')
    expect(shown).not.toContain('hunter2')
  })

  it('Ctrl-C in a secret cancels, and the terminal echoes again', async () => {
    const shown = await converse(
      new Map([
        ['name?', 'alice\r'],
        ['code?', '12\u0003'],
      ]),
    )
    expect(shown).toContain('[CANCELLED]')
  })
})

it.skipIf(!hasScript)('without any terminal it is an error, not a wait', () => {
  const run = spawnSync('setsid', ['-w', 'sh', '-c', `${line} < /dev/null`], {
    encoding: 'utf8',
    timeout: 20_000,
  })
  expect(run.stdout).toContain('[TERMINAL_REQUIRED]')
})
