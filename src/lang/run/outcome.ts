// What an evaluation comes to (specification 2.9), for both evaluators.

import { bytesToText } from '../values/bytes.ts'
import { Dict } from '../values/dict.ts'
import { Failure, fail } from '../values/failure.ts'
import { List } from '../values/list.ts'
import { typeOf } from '../values/types.ts'
import { isNumber, toDouble, type Value } from '../values/value.ts'
import type { Status } from './result.ts'

/** What is wrong with a policy without result. */
export const noMain = 'the policy has no `main`'

/** What a policy's result says. A null or a function as `main` is a Failure. */
export function statusOf(value: Value): Status {
  if (value === undefined) return 'undefined'
  if (typeof value === 'boolean') return value ? 'pass' : 'fail'
  if (isNumber(value)) return toDouble(value) === 0 ? 'pass' : 'fail'
  if (typeof value === 'string' || value instanceof List) return value.length === 0 ? 'pass' : 'fail'
  if (value instanceof Dict) return value.size === 0 ? 'pass' : 'fail'
  return fail(`\`main\` must be bool, string, int, float, list or map, not ${typeOf(value)}`)
}

/** Whether the host's stack ran out, which a policy may bring about. */
export const isStackOverflow = (thrown: unknown): boolean =>
  thrown instanceof RangeError && /call stack/.test(thrown.message)

/** The policy's own errors, the host's stack running out, and what the host's own data threw: getters, proxies. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Failure) return shortened(asText(beginning(thrown.message)))
  if (isStackOverflow(thrown)) return 'the evaluation nests too deep'
  return shortened(`${unusable}: ${thrown instanceof Error ? thrown.message : typeof thrown}`)
}

/** How the message begins that says that something threw what no policy can bring about. */
export const unusable = 'what the host gave cannot be used'

/** A message quotes strings of the policy's, which are bytes, and names, which are text. */
function asText(message: string): string {
  if (!/[\x80-\xff]/.test(message) || /[^\0-\xff]/.test(message)) return message
  const text = bytesToText(message)
  return text.includes('\ufffd') ? message : text
}

const maxMessage = 2000

const isContinuation = (code: number) => code >= 0x80 && code < 0xc0

/** Enough of a message, which may be of many millions of bytes; no character of it is cut. */
function beginning(message: string): string {
  let end = Math.min(message.length, 4 * maxMessage)
  if (end === message.length) return message
  while (isContinuation(message.charCodeAt(end))) end--
  return message.slice(0, end)
}

/** A message may quote what a policy made, which may be long. */
const shortened = (message: string) =>
  message.length > maxMessage ? `${message.slice(0, maxMessage)}…` : message
