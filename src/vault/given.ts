// What a person writes behind a command becomes a body: `name=value`, `name=@file`, `name=-` for stdin, `@file` for a
// whole document, and `-` for one from stdin.

import { SentinelError } from '../base/index.ts'
import { exactParse } from './exact-json.ts'

/** Where texts come from that are not on the command line. */
export type Sources = { file(path: string): string; stdin(): string }

/** @throws SentinelError USAGE, and what the sources throw */
export function givenToBody(
  given: readonly string[],
  sources: Sources,
): { readonly [name: string]: unknown } {
  const body: Record<string, unknown> = Object.create(null)
  for (const each of given) {
    if (each === '-') Object.assign(body, documentOf('stdin', sources.stdin()))
    else if (each.startsWith('@') && !each.includes('='))
      Object.assign(body, documentOf(each.slice(1), sources.file(each.slice(1))))
    else {
      const [, name = '', text = ''] = /^([^=]+)=(.*)$/s.exec(each) ?? notGiven(each)
      body[name] = added(body[name], textOf(text, sources))
    }
  }
  return body
}

/** A name that is given twice is a list. */
const added = (before: unknown, text: string): unknown =>
  before === undefined ? text : [...(Array.isArray(before) ? before : [before]), text]

function textOf(text: string, sources: Sources): string {
  if (text === '-') return sources.stdin()
  if (text.startsWith('@')) return sources.file(text.slice(1))
  return text.startsWith('\\@') ? text.slice(1) : text
}

function documentOf(name: string, text: string): object {
  try {
    const value = exactParse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // What it is instead does not matter.
  }
  throw new SentinelError('USAGE', `\`${name}\` holds no JSON object`)
}

function notGiven(text: string): never {
  throw new SentinelError('USAGE', `\`${text}\` is not name=value`, {
    hint: 'write name=value, name=@file, name=- for stdin, @file for a JSON document, or - for one from stdin',
  })
}
