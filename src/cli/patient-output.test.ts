import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freshFolder } from '../machine/machine.fake.ts'
import { makePipe, noPipes } from '../machine/pipe.fake.ts'
import { patientOutput } from './patient-output.ts'

/** A pipe with both its ends, of which the one to write to waits, as that of a shell does. */
function pipe() {
  const path = makePipe()
  const from = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const to = openSync(path, constants.O_WRONLY)
  onTestFinished(() => closeSync(to))
  const read = () => {
    const bytes = Buffer.alloc(1 << 20)
    try {
      return bytes.subarray(0, readSync(from, bytes)).toString()
    } catch {
      return ''
    }
  }
  return { from, to, read }
}

/** Turns of whoever waits, which a test gives. */
function turns() {
  const waiting: (() => void)[] = []
  const wait = {
    after(_ms: number, run: () => void) {
      waiting.push(run)
      return () => {}
    },
  }
  const next = async () => {
    await expect.poll(() => waiting.length).toBeGreaterThan(0)
    for (const run of waiting.splice(0)) run()
  }
  return { wait, waiting, next }
}

describe.skipIf(noPipes)('what is written to a pipe that nobody reads [needs mkfifo]', () => {
  test('keeps nobody else from anything, and is all there once somebody does', async () => {
    const { to, read } = pipe()
    const { wait, waiting, next } = turns()
    const write = patientOutput({ wait }, to)
    const text = 'x'.repeat(300_000)
    let isDone = false
    const all = Promise.all([write(Buffer.from(text)), write(Buffer.from('end\n'))]).then(() => {
      isDone = true
    })
    await expect.poll(() => waiting.length).toBe(1)
    await next()
    await expect.poll(() => waiting.length).toBe(1)
    expect(isDone).toBe(false)
    let found = ''
    await expect
      .poll(() => {
        for (const run of waiting.splice(0)) run()
        found += read()
        return found.length
      })
      .toBe(300_004)
    await all
    expect(found).toBe(`${text}end\n`)
  })

  test('leaves the open file waiting, as those expect who share it', async () => {
    const { to } = pipe()
    await patientOutput(turns(), to)(Buffer.from('a'))
    const [, flags = ''] = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${to}`, 'utf8')) ?? []
    expect(Number.parseInt(flags, 8) & constants.O_NONBLOCK).toBe(0)
  })

  test('is refused where nobody can read any more', async () => {
    const { from, to } = pipe()
    closeSync(from)
    await expect(patientOutput(turns(), to)(Buffer.from('a'))).rejects.toMatchObject({
      code: 'OUTPUT_CLOSED',
    })
  })
})

test('a file is written where it is, behind what is there', async () => {
  const path = join(freshFolder(), 'log')
  const fd = openSync(path, 'w')
  onTestFinished(() => closeSync(fd))
  writeSync(fd, 'one\n')
  const write = patientOutput(turns(), fd)
  await Promise.all([write(Buffer.from('two\n')), write(Buffer.from('three\n'))])
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\nthree\n')
})
