// The bodies of requests, as bytes. They are kept before anybody knows who asks, so all of them together have an end: many
// who send much and never finish cannot fill the memory.

import type { IncomingMessage } from 'node:http'
import { SentinelError } from '../../base/index.ts'

/** Bytes of a body, at most (spec/vault.md 8.2). */
export const maxBodyBytes = 32 * 1024 * 1024

/** Of each body so much is kept in any case: the usual ones wait for nobody's large ones. */
const freeBytes = 64 * 1024

/** Of all bodies that are being sent, beyond what is free. */
const maxSharedBytes = 4 * maxBodyBytes

/** Reads a body whole. @throws SentinelError BODY_TOO_LARGE, RATE_LIMITED */
export type ReadBody = (message: IncomingMessage) => Promise<Buffer>

/** Begins with nothing kept. */
export function bodies(maxShared = maxSharedBytes): ReadBody {
  let shared = 0
  return async (message) => {
    if (Number(message.headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge()
    const chunks: Buffer[] = []
    let size = 0
    let mine = 0
    try {
      for await (const chunk of message as AsyncIterable<Buffer>) {
        size += chunk.length
        if (size > maxBodyBytes) throw tooLarge()
        const more = Math.max(0, size - freeBytes) - mine
        if (shared + more > maxShared) throw tooMany()
        shared += more
        mine += more
        chunks.push(chunk)
      }
      return Buffer.concat(chunks)
    } finally {
      shared -= mine
    }
  }
}

const tooLarge = () => new SentinelError('BODY_TOO_LARGE', 'http: request body too large')
const tooMany = () =>
  new SentinelError('RATE_LIMITED', 'too many large bodies are being sent', {
    hint: 'try again in some seconds',
  })
