import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { bodies, maxBodyBytes } from './body.ts'

/** A message of which the body is being sent. */
function sending(headers: Readonly<Record<string, string>> = {}) {
  const stream = new PassThrough()
  const message = Object.assign(stream, { headers }) as unknown as IncomingMessage
  return { message, stream }
}
const kib = (count: number) => Buffer.alloc(count * 1024, 'x')
/** Lets everything that was written be read. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('bodies that are being sent', () => {
  test('are read whole', async () => {
    const { message, stream } = sending()
    const body = bodies()(message)
    stream.write('a')
    stream.end('b')
    expect(String(await body)).toBe('ab')
  })

  test('are refused where they say that they are too large, and where they do not', async () => {
    await expect(
      bodies()(sending({ 'content-length': String(maxBodyBytes + 1) }).message),
    ).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
    })
    const { message, stream } = sending()
    const body = bodies()(message)
    for (let at = 0; at <= 32; at++) stream.write(kib(1024))
    await expect(body).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
  })

  test('have an end together, and small ones go on; what ends makes room', async () => {
    const read = bodies(200 * 1024)
    const [first, second, small, third] = [sending(), sending(), sending(), sending()]
    const kept = read(first.message)
    first.stream.write(kib(200))
    await settle()
    const refused = read(second.message)
    second.stream.write(kib(200))
    await expect(refused).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    const usual = read(small.message)
    small.stream.end(kib(60))
    expect((await usual).length).toBe(60 * 1024)
    first.stream.end()
    await kept
    const again = read(third.message)
    third.stream.end(kib(200))
    expect((await again).length).toBe(200 * 1024)
  })
})
