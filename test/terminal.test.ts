// The built program at a terminal, which Python's `pty` is: what `sentinel test` shows while it runs, and leaves behind.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { pythonWith } from '../dev/backends/python.ts'

const folder = mkdtempSync(join(tmpdir(), 'sentinel-terminal-'))
afterAll(() => rmSync(folder, { recursive: true }))
for (const [name, text] of Object.entries({
  'policies/a.sentinel': 'main = true\n',
  'policies/b.sentinel': 'main = false\n',
  'policies/c.sentinel': 'main = rule { }\n',
  'policies/d.sentinel': 'main = true\n',
  'policies/test/a/one.hcl': '',
  'policies/test/b/one.hcl': '',
  'policies/test/c/one.hcl': '',
})) {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}

const program = [process.execPath, join(import.meta.dirname, '..', 'dist', 'sentinel.cjs')]
const python = pythonWith('pty')
const inTerminal = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'

function run(command: readonly string[], term: string) {
  const [file = '', ...args] = command
  const env = { PATH: process.env.PATH, HOME: folder, TERM: term }
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
  })
  return { status, stdout, stderr }
}

const atTerminal = (term: string, ...args: readonly string[]) =>
  run([python ?? '', '-c', inTerminal, ...program, ...args], term)

const esc = '\u001b'

/** What a terminal shows in the end. It knows line ends, clearing to a line's end, and wrapping on and off. */
function screen(written: string): string {
  const lines = ['']
  let column = 0
  for (const part of written.match(new RegExp(`${esc}\\[\\??[0-9]*[a-zA-Z]|[\\s\\S]`, 'g')) ?? []) {
    const line = lines.at(-1) ?? ''
    if (part === '\n') lines.push('')
    else if (part === '\r') column = 0
    else if (part === `${esc}[K`) lines[lines.length - 1] = line.slice(0, column)
    else if (!part.startsWith(esc)) {
      lines[lines.length - 1] = line.slice(0, column) + part + line.slice(column + 1)
      column++
    }
  }
  return lines.join('\n')
}

const shown = (written: string) =>
  [...written.matchAll(new RegExp(`\\d of 4 policies[^${esc}]*`, 'g'))].map(([text]) => text)

it.skipIf(python === undefined)(
  'progress stands below what is said, and nothing of it is left (needs Python)',
  () => {
    const piped = run([...program, 'test', 'policies'], 'xterm')
    expect(piped.stderr).toBe('')
    const { status, stdout } = atTerminal('xterm', 'test', '-color=false', 'policies')
    expect(status).toBe(9)
    expect(shown(stdout)).toEqual([
      '0 of 4 policies',
      '1 of 4 policies: 1 passed, 0 failed, 0 errors',
      '2 of 4 policies: 1 passed, 1 failed, 0 errors',
      '3 of 4 policies: 1 passed, 1 failed, 1 error',
      '4 of 4 policies: 1 passed, 1 failed, 1 error',
    ])
    expect(screen(stdout)).toBe(piped.stdout)
  },
)

it.skipIf(python === undefined)('a terminal that can clear nothing gets none (needs Python)', () => {
  const { stdout } = atTerminal('dumb', 'test', '-color=false', 'policies')
  expect(shown(stdout)).toEqual([])
  expect(stdout).not.toContain(esc)
})

it.skipIf(python === undefined)('JSON is one document below it (needs Python)', () => {
  const { stdout } = atTerminal('xterm', 'test', '-json', 'policies')
  expect(shown(stdout).at(0)).toBe('0 of 4 policies')
  expect(JSON.parse(screen(stdout))).toMatchObject({ error: null })
})
