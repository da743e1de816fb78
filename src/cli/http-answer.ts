// HTTP for policies: an evaluation needs one exchange, this makes it (decision 26). Only http and https; redirects are
// followed up to ten times, what belongs to the host stays with it; servers that fail are asked again as often as the
// policy wants, after one, two, four … seconds.

import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { printable } from '../base/index.ts'
import type { Answer, HttpQuestion, Need } from '../lang/index.ts'
import type { Wait } from '../machine/index.ts'

const [maxRedirects, maxBytes, longestPauseMs] = [10, 16 * 1024 * 1024, 30_000]

type Response = { readonly message: IncomingMessage; readonly body: string }
type Failed = { readonly reason: string; readonly isTimeout: boolean }

/** The answer to a need of `http`, or why there is none, which is an error of the policy. */
export async function answerHttp(
  wait: Wait,
  { ask }: Need,
  /** Milliseconds that are left for all. */
  left: () => number,
): Promise<Answer> {
  const question = ask as HttpQuestion
  for (let tried = 0; ; tried++) {
    const timeoutMs = Math.min(question.timeoutSeconds * 1000, left())
    const got = await attempt(question, timeoutMs)
    const isLast = tried >= question.retries || left() <= 0 || !isWorthARetry(got)
    if (isLast) return toAnswer(question, got)
    await wait.pause(Math.min(1000 * 2 ** tried, longestPauseMs, left()))
  }
}

const isWorthARetry = (got: Response | Failed): boolean => {
  if ('reason' in got) return got.isTimeout
  const { statusCode = 0 } = got.message
  return statusCode >= 500 && statusCode !== 501
}

function toAnswer({ method, url }: HttpQuestion, got: Response | Failed): Answer {
  if ('reason' in got) return { error: `${method} ${printable(url)} failed: ${printable(got.reason)}` }
  const { statusCode, headers } = got.message
  const named = Object.entries(headers).map(([name, value]) => [canonical(name), String(value)] as const)
  return {
    value: new Map<string, unknown>([
      ['status_code', statusCode],
      ['headers', new Map(named)],
      ['body', got.body],
    ]),
  }
}

/** `content-type` as Go's `Content-Type`. */
const canonical = (name: string) => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())

async function attempt(question: HttpQuestion, timeoutMs: number): Promise<Response | Failed> {
  const signal = AbortSignal.timeout(Math.max(0, Math.ceil(timeoutMs)))
  try {
    return await follow(question, signal)
  } catch (thrown) {
    if (signal.aborted)
      return { reason: `no answer within ${Math.ceil(timeoutMs / 1000)} seconds`, isTimeout: true }
    return { reason: thrown instanceof Error ? thrown.message : String(thrown), isTimeout: false }
  }
}

async function follow(question: HttpQuestion, signal: AbortSignal): Promise<Response> {
  let { method, body } = question
  let url = new URL(question.url)
  const headers = new Map(question.headers)
  for (let count = 0; ; count++) {
    const response = await exchange({ ...question, method, body, headers }, url, signal)
    const { statusCode = 0, headers: found } = response.message
    if (![301, 302, 303, 307, 308].includes(statusCode) || found.location === undefined) return response
    if (count >= maxRedirects) throw new Error(`more than ${maxRedirects} redirects`)
    const next = new URL(found.location, url)
    if (next.host !== url.host) for (const name of ['Authorization', 'Cookie']) removeHeader(headers, name)
    if (statusCode < 307) [method, body] = ['GET', '']
    url = next
  }
}

function removeHeader(headers: Map<string, string>, name: string): void {
  for (const each of headers.keys()) if (each.toLowerCase() === name.toLowerCase()) headers.delete(each)
}

function exchange(question: HttpQuestion, url: URL, signal: AbortSignal): Promise<Response> {
  const { method, headers, body, verifiesCertificates } = question
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Error(`${url.protocol} is neither http nor https`)
  const options = { method, headers: Object.fromEntries(headers), signal, agent: false }
  return new Promise((resolve, reject) => {
    const receive = (message: IncomingMessage) => {
      readBody(message).then((text) => resolve({ message, body: text }), reject)
    }
    const sent =
      url.protocol === 'http:'
        ? plainRequest(url, options, receive)
        : secureRequest(url, { ...options, rejectUnauthorized: verifiesCertificates }, receive)
    sent.once('error', reject).end(body)
  })
}

async function readBody(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let total = 0
  for await (const part of message) {
    total += (part as Buffer).length
    if (total > maxBytes) throw new Error('the response is larger than 16 MiB')
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts).toString('utf8')
}
