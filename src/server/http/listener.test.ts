import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fakeMachine } from '../../machine/machine.fake.ts'
import { limits, listen } from './listener.ts'

/** All that a connection is told which says this, until the server ends it. */
async function toldTo(said: string, patience: Readonly<Record<string, number>>): Promise<string> {
  const { address, close } = await listen(
    {
      newId: () => 'id',
      wait: fakeMachine().wait,
      answer: async () => ({ response: { data: {} }, mountType: 'test' }),
    },
    { host: '127.0.0.1', port: 0, tls: undefined, patience: { connectionsCheckingInterval: 5, ...patience } },
  )
  onTestFinished(close)
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(address.port, '127.0.0.1', () => socket.write(said))
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer))
  })
}

describe('whoever is slow is sent away', () => {
  for (const said of ['GET /v1/a HTTP/1.1\r\n', 'GET /v1/a HTTP/1.1\r\nHost: x\r\nX-Slow: '])
    test(`with half a head: ${JSON.stringify(said)}`, async () => {
      expect(await toldTo(said, { headersTimeout: 20 })).toMatch(/^HTTP\/1\.1 408 /)
    })

  test('with half a body', async () => {
    const said = 'POST /v1/a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{'
    expect(await toldTo(said, { headersTimeout: 20, requestTimeout: 20 })).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('after seconds, not minutes', () => {
    const { headersTimeout, requestTimeout, timeout, handshakeTimeout, connectionsCheckingInterval } = limits
    const times = [headersTimeout, requestTimeout, timeout, handshakeTimeout, connectionsCheckingInterval]
    expect(times.every((ms) => ms >= 1000 && ms <= 120_000)).toBe(true)
    expect(headersTimeout).toBeLessThanOrEqual(10_000)
  })
})
