import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { SentinelError } from '../base/index.ts'
import { fakeIo } from './io.fake.ts'
import type { Terminal } from './io.ts'
import { ask, askSecret, confirm } from './terminal.ts'

/** A terminal at which `typed` is typed. */
function terminal(typed: string): Terminal & { shown(): string; closed: boolean } {
  const [input, output] = [new PassThrough(), new PassThrough()]
  input.end(typed)
  const shown: string[] = []
  output.on('data', (chunk) => shown.push(String(chunk)))
  return {
    input,
    output,
    closed: false,
    shown: () => shown.join(''),
    close() {
      this.closed = true
    },
  }
}

const instead = { instead: 'use --yes' }

it('asks on the terminal, not on stdout, and closes it', async () => {
  const tty = terminal('alice\nmore\n')
  const io = fakeIo({ terminal: tty })
  expect(await ask(io, 'who?\u001b[2J', instead)).toBe('alice')
  expect([tty.shown(), tty.closed, io.written]).toEqual(['who? ', true, { stdout: '', stderr: '' }])
})

it('does not show a secret, and does not let it be printed', async () => {
  const tty = terminal('123456\n')
  const secret = await askSecret(fakeIo({ terminal: tty }), 'code:', instead)
  expect([secret.reveal(), String(secret)]).toEqual(['123456', '[secret]'])
  expect(tty.shown()).not.toContain('1')
})

for (const [typed, want] of [
  ['y', true],
  ['YES', true],
  [' y ', true],
  ['', false],
  ['n', false],
  ['No', false],
] as const) {
  it(`takes \`${typed}\` for ${want ? 'yes' : 'no'}`, async () => {
    const tty = terminal(`${typed}\n`)
    expect(await confirm(fakeIo({ terminal: tty }), 'write it?', instead)).toBe(want)
    expect(tty.shown()).toBe('write it? [y/N] ')
  })
}

for (const typed of ['maybe', 'yep', 'yes please', '\u001b[2J']) {
  it(`takes ${JSON.stringify(typed)} for neither, and says what to answer`, async () => {
    const asked = confirm(fakeIo({ terminal: terminal(`${typed}\n`) }), 'write it?', instead)
    const error = await asked.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'CANCELLED',
      message: expect.stringMatching(/^`[ -~]*` is neither yes nor no$/),
      hint: expect.stringContaining('answer y or n'),
    })
  })
}

it('is an error with the way out where there is no terminal', async () => {
  const error = await ask(fakeIo(), 'who?', instead).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(SentinelError)
  expect(error).toMatchObject({ code: 'TERMINAL_REQUIRED', hint: 'use --yes' })
})

it('is cancelled at the end of the input, and by Ctrl-C in a secret', async () => {
  const eof = terminal('')
  await expect(ask(fakeIo({ terminal: eof }), 'who?', instead)).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(eof.closed).toBe(true)
  const interrupted = askSecret(fakeIo({ terminal: terminal('12\u0003') }), 'code:', instead)
  await expect(interrupted).rejects.toMatchObject({ code: 'CANCELLED' })
})
