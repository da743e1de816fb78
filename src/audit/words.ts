// What people wrote stands in the log as it stands in the other files of this machine: encrypted with the key of the
// credential cache. So a log that is sent elsewhere tells who did what, but not why; whoever has the keys is told.

import { closeText, type Keys, type Machine, openText } from '../machine/index.ts'
import type { DecisionLog } from './log.ts'
import type { Found, LoggedLine } from './look-up.ts'

const theirs = ['justification', 'approver_comment', 'closed_reason', 'revoked_reason']

const mark = 'sealed:'

type Deps = Pick<Machine, 'random'> & { readonly keys: Keys }

/** A log in which what people write is encrypted. Only changes have such words: decisions need no more than the log itself. */
export const sealingLog = (deps: Deps, log: DecisionLog): DecisionLog => ({
  append: (entries) => log.append(entries.map((entry) => sealWords(deps, entry))),
})

function sealWords<Any extends object>(deps: Deps, entry: Any): Any {
  const fields = new Map<string, unknown>(Object.entries(entry))
  const words = theirs.flatMap((name) => {
    const text = fields.get(name)
    if (typeof text !== 'string' || text === '') return []
    return [[name, `${mark}${closeText(deps, contextOf(fields, name), text).toString('base64')}`]]
  })
  return words.length === 0 ? entry : { ...entry, ...Object.fromEntries(words) }
}

/** What was found, with what people wrote wherever these keys can show it. */
export function openWords(keys: Keys, found: Found): Found {
  const opened = (line: LoggedLine): LoggedLine => {
    const words = theirs.flatMap((name): readonly [string, string][] => {
      const text = line.fields.get(name)
      if (!isSealed(text)) return []
      const context = contextOf(line.fields, name)
      const own = openText({ keys }, context, Buffer.from(text.slice(mark.length), 'base64'))
      return own === undefined ? [] : [[name, own]]
    })
    return words.length === 0 ? line : { ...line, fields: new Map([...line.fields, ...words]) }
  }
  return { ...found, changes: found.changes.map(opened) }
}

/** Whether a field holds what only the keys of its writer can show. */
export const isSealed = (value: unknown): value is string =>
  typeof value === 'string' && value.startsWith(mark)

/** A text of one walk cannot be shown as that of another, nor a comment as a reason. */
const contextOf = (fields: ReadonlyMap<string, unknown>, name: string) =>
  JSON.stringify(['log', fields.get('walk_id'), name])
