// Somebody in the middle: a proxy that asks nobody to be let through to AWS, but answers for it, by the local AWS behind
// it. Every call is passed on as it came, and GetCallerIdentity's answer says carol where it said alice.

import { createServer as createProxy, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, connect, type Server, type Socket } from 'node:net'
import type { SecureVersion, TlsOptions } from 'node:tls'
import { selfSigned } from '../../src/aws/tls.fake.ts'
import type { StoryProxy } from './world.ts'

/** Starts such a proxy in front of a local AWS. */
export async function startFalseAws(
  behind: string,
  tls: string | undefined,
): Promise<StoryProxy & { readonly close: () => Promise<void> }> {
  const certificate = selfSigned('*.us-east-1.amazonaws.com')
  const open = new Set<Socket>()
  const falseAws = createServer({ ...certificate, ...inVersion(tls) }, (asked, answer) =>
    passOn(behind, asked, answer),
  )
  const port = Number((await listening(falseAws)).port)
  const proxy = createProxy().on('connect', (_, socket: Socket, head) => {
    const through = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      through.write(head)
      through.pipe(socket).pipe(through)
    })
    for (const each of [socket, through]) {
      open.add(each)
      each.once('error', () => each.destroy()).once('close', () => open.delete(each))
    }
  })
  const address = await listening(proxy)
  return {
    url: `http://127.0.0.1:${address.port}`,
    authority: certificate.cert,
    async close() {
      for (const socket of open) socket.destroy()
      for (const server of [proxy, falseAws]) await new Promise((closed) => server.close(closed))
    },
  }
}

/** Old ones need what OpenSSL calls security level 0. */
function inVersion(tls: string | undefined): TlsOptions {
  if (tls !== undefined && !isVersion(tls)) throw new Error(`${tls} is no version of TLS`)
  return tls === undefined ? {} : { minVersion: tls, maxVersion: tls, ciphers: 'DEFAULT@SECLEVEL=0' }
}

const isVersion = (text: string): text is SecureVersion => /^TLSv1(?:\.[1-3])?$/.test(text)

async function listening(server: Server): Promise<AddressInfo> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return server.address() as AddressInfo
}

function passOn(behind: string, asked: IncomingMessage, answer: ServerResponse): void {
  const { url = '/', method, headers } = asked
  const passed = request(new URL(url, behind), { method, headers }, async (found) => {
    const parts: Buffer[] = []
    for await (const part of found) parts.push(part as Buffer)
    const { 'content-length': _, ...kept } = found.headers
    const text = Buffer.concat(parts).toString('utf8')
    const isIdentity = text.includes('<GetCallerIdentityResult>')
    answer.writeHead(found.statusCode ?? 500, kept)
    answer.end(isIdentity ? text.replaceAll('user/alice', 'user/carol') : text)
  })
  passed.once('error', () => answer.destroy())
  asked.pipe(passed)
}
