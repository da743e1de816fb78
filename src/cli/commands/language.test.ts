// What `apply` and `test` tell programs when the time is over or nothing can be evaluated. Their usual answers are in
// test/stories.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../machine/machine.fake.ts'
import { openDeps } from '../deps.ts'
import { fakeIo } from '../io.fake.ts'
import { main } from '../main.ts'
import { program } from '../program.ts'

const slow = 'f = func() {\n\tfor range(100000) as i {\n\t\tx = i\n\t}\n\treturn true\n}\nmain = f()\n'
const files = {
  'a.sentinel': 'main = true\n',
  'b.sentinel': 'main = true\n',
  'slow.sentinel': slow,
  'two/sentinel.hcl': 'policy "a" { source = "../a.sentinel" }\npolicy "b" { source = "../b.sentinel" }\n',
  'twice/sentinel.json': '{"param": {"x": {"value": 1}, "x": {"value": 2}}}',
  'broken/sentinel.hcl': 'polcy "a" {\n}\nmock "m" {\n  module { source = "gone.sentinel" }\n}\n',
  'test/a/one.hcl': '',
  'test/a/two.hcl': '',
  'test/slow/one.hcl': '',
}

/** Runs a command line where every look at the clock finds it so much later. */
async function run(line: string, stepMs = 1) {
  const cwd = freshFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true })
    writeFileSync(join(cwd, name), text)
  }
  const io = { ...fakeIo(), cwd }
  let nowMs = Date.UTC(2026, 1, 3)
  const now = () => {
    nowMs += stepMs
    return nowMs
  }
  const deps = openDeps(io, {
    clock: { now },
    random: { bytes: (length) => new Uint8Array(length) },
  })
  const status = await main(line.split(' '), deps, program)
  return { status, ...io.written }
}

async function json(line: string) {
  const { status, stdout, stderr } = await run(line)
  expect(stderr).toBe('')
  return { status, document: JSON.parse(stdout) }
}

describe('when the time is over', () => {
  const timedOut = {
    code: 'TIMED_OUT',
    message: 'not tried: the time is up',
    hint: 'give it more with -timeout',
  }

  it('a policy that was not tried is an error', async () => {
    const { status, stdout, stderr } = await run('apply -timeout=1ms a.sentinel')
    expect([status, stdout]).toEqual([3, 'Error - a.sentinel\n'])
    expect(stderr).toBe(
      'a.sentinel:1:1: error: not tried: the time is up\n  hint: give it more with -timeout\n',
    )
  })

  it('policies that were tried before keep their results', async () => {
    const { status, document } = await json('apply -json -timeout=2.5ms -config=two')
    expect(status).toBe(3)
    expect(document).toMatchObject({ error: null, result: false })
    expect(document.policies).toMatchObject([
      { policy: 'a', status: 'pass', error: null },
      { policy: 'b', status: 'error', result: false, error: timedOut, trace: null },
    ])
  })

  it('a policy is ended within it, and is told how it gets more', async () => {
    const { status, stderr } = await run('apply -timeout=5ms slow.sentinel')
    expect(status).toBe(3)
    expect(stderr).toMatch(/^slow\.sentinel:\d+:\d+: error: more than 4 ms\n/)
    expect(stderr).toContain('hint: its time is up: give it more with -timeout')
  })

  it('cases that were not tried are errors, and no broken files', async () => {
    const { status, document } = await json('test -json -timeout=500us a.sentinel')
    expect(status).toBe(1)
    expect(document.policies['a.sentinel']).toMatchObject({
      status: 'ERROR',
      cases: { 'test/a/one.hcl': { status: 'ERROR', errors: [timedOut], trace: null } },
    })
  })

  it('a case may take all of the time that was given', async () => {
    expect((await run('test slow.sentinel', 1000)).stdout).toContain('error: more than 4000 ms')
    const { status, stdout } = await run('test -timeout=1h slow.sentinel', 1000)
    expect([status, stdout]).toEqual([0, expect.stringContaining('1 passed')])
  })
})

describe('JSON where nothing can be evaluated', () => {
  it('has the keys that it always has, and the places in the configuration', async () => {
    const { status, document } = await json('apply -json -config=broken a.sentinel')
    expect(status).toBe(9)
    expect(document).toMatchObject({ policies: [], result: false, duration: 0 })
    expect(document.error).toEqual({
      code: 'PROJECT_INVALID',
      message: 'the configuration of the policies has 2 errors',
      errors: [
        {
          message: 'unknown block `polcy`',
          hint: 'did you mean `policy`?',
          filename: 'broken/sentinel.hcl',
          line: 1,
          column: 1,
        },
        {
          message: expect.stringContaining('no such file or folder'),
          hint: 'check the path',
          filename: 'broken/sentinel.hcl',
          line: 4,
          column: 21,
        },
      ],
    })
  })

  for (const [name, line, rest] of [
    ['of a missing policy', 'apply -json gone.sentinel', { policies: [], result: false }],
    [
      'of a missing configuration',
      'apply -json -config=gone.hcl a.sentinel',
      { policies: [], result: false },
    ],
    ['of a wrong flag', 'apply -json -nonsense', { policies: [], result: false }],
    ['of a wrong flag before it', 'apply -nonsense -json', { policies: [], result: false }],
    ['of a switch that has its value', 'apply -json=true gone.sentinel', { policies: [] }],
    ['of a time that is none', 'apply -json -timeout=soon a.sentinel', { policies: [] }],
    ['of a path to test', 'test -json gone', { policies: {} }],
    ['of a pattern', 'test -json -run=( .', { policies: {} }],
    ['of a wrong flag of lint', 'lint -json -nonsense', { files: 0, errors: 1, warnings: 0, findings: [] }],
  ] as const) {
    it(name, async () => {
      const { status, document } = await json(line)
      expect(status).toBe(9)
      expect(document).toMatchObject({ error: { code: expect.stringMatching(/^[A-Z_]+$/) }, ...rest })
    })
  }

  it('is not what -json=false asks for', async () => {
    const { stdout, stderr } = await run('apply -json -json=false gone.sentinel')
    expect([stdout, stderr]).toEqual(['', expect.stringContaining('[FILE_UNREADABLE]')])
  })
})

it('the warnings of a configuration are in the JSON', async () => {
  const { status, document } = await json('apply -json -config=twice/sentinel.json a.sentinel')
  expect(status).toBe(0)
  expect(document.warnings).toEqual([
    { message: '`x` is given twice: this one counts', filename: 'twice/sentinel.json', line: 1, column: 31 },
  ])
  expect((await json('apply -json a.sentinel')).document).not.toHaveProperty('warnings')
})
