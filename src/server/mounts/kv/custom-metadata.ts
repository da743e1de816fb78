// What people note about a secret of KV version 2: few names, short texts, nothing that a terminal would obey.

import { SentinelError } from '../../../base/index.ts'
import type { Json } from '../../door.ts'
import { isObject } from '../../http/json.ts'
import { readFields } from '../fields.ts'

const [maxNames, maxNameBytes, maxTextBytes] = [64, 128, 512]
const notes = { custom_metadata: { type: 'map', help: '' } } as const

/**
 * Reads notes.
 *
 * @returns undefined where none were sent
 * @throws SentinelError REQUEST_INVALID naming everything that is wrong with them
 */
export function customMetadataIn(sent: Json | undefined): ReadonlyMap<string, string> | undefined {
  if (sent === undefined) return undefined
  if (sent !== null && !isObject(sent) && typeof sent !== 'string')
    throw new SentinelError('REQUEST_INVALID', '`custom_metadata` must be an object of strings')
  const read = readFields(notes, { custom_metadata: sent }).custom_metadata ?? new Map<string, string>()
  const problems = problemsOf(read)
  if (problems.length === 0) return read
  const lines = problems.map((each) => `\t* custom_metadata validation failed: ${each}\n`).join('')
  const count = `${problems.length} error${problems.length === 1 ? '' : 's'}`
  throw new SentinelError('REQUEST_INVALID', `${count} occurred:\n${lines}\n`)
}

function problemsOf(read: ReadonlyMap<string, string>): readonly string[] {
  if (read.size > maxNames) return [`payload must contain at most ${maxNames} keys, provided ${read.size}`]
  return [...read].flatMap(([name, text]) => [
    ...lengthProblem(`length of key ${JSON.stringify(name)}`, name, 'key', maxNameBytes),
    ...lengthProblem(`length of value for key ${JSON.stringify(name)}`, text, 'value', maxTextBytes),
    ...(isPrintable(name) ? [] : [`key ${JSON.stringify(name)} contains unprintable characters`]),
    ...(isPrintable(text) ? [] : [`value for key ${JSON.stringify(name)} contains unprintable characters`]),
  ])
}

function lengthProblem(what: string, text: string, word: string, limit: number): readonly string[] {
  const bytes = Buffer.byteLength(text)
  return bytes > 0 && bytes <= limit ? [] : [`${what} is ${bytes} but must be 0 < len(${word}) <= ${limit}`]
}

const isPrintable = (text: string) => /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u.test(text)
