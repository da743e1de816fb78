// Lists come in pages: how long one may be, how the next is asked for, and how one is printed.

import type { Listed } from '../access/index.ts'
import { SentinelError, visibleJson } from '../base/index.ts'
import type { Doc } from '../store/index.ts'
import type { Flags } from './command.ts'
import type { Deps } from './deps.ts'
import { type Place, placeText } from './place.ts'

/** Flags of every list. */
export const pagingFlags = {
  limit: { type: 'string', default: '100', placeholder: 'count', help: 'at most so many, 1 to 1000' },
  after: { type: 'string', placeholder: 'cursor', help: 'go on behind the page that gave this cursor' },
} as const satisfies Flags

/** What they say. @throws SentinelError USAGE */
export function pagingOf({ limit, after }: { readonly limit: string; readonly after: string | undefined }) {
  const count = /^[1-9]\d{0,3}$/.test(limit) ? Number(limit) : 0
  if (count >= 1 && count <= 1000) return { limit: count, after }
  throw new SentinelError('USAGE', `\`--limit\` is a whole number from 1 to 1000, not \`${limit}\``)
}

/** How a page is shown. */
export type PageForm<Body> = {
  readonly json: boolean
  /** Under which name the rows stand in JSON. */
  readonly name: string
  row(doc: Doc<Body>): object
  readonly place: Place
  table(docs: readonly Doc<Body>[]): string
  /** Said to a person where there are none. */
  readonly none: string
}

/** Prints a page. What cannot be read is named on stderr and counted in the page: it is never "there are none". */
export function printPage<Body>(deps: Deps, { docs, damaged, next }: Listed<Body>, form: PageForm<Body>) {
  for (const { message } of damaged) deps.warn(message)
  const { json, name, place, none } = form
  const unreadable = damaged.length === 0 ? undefined : damaged.length
  const more = next === undefined ? '' : `\nThere are more: repeat the command with --after ${next}\n`
  const empty = next === undefined && unreadable === undefined ? none : ''
  const { advisory } = place
  const under = advisory === undefined ? '' : `\n${placeText(place)}`
  const shown = docs.length === 0 ? empty : form.table(docs)
  const text = () => shown + unreadableText(unreadable, shown) + under + more
  const document = () => ({ [name]: docs.map((doc) => form.row(doc)), unreadable, next, advisory })
  deps.io.stdout.write(json ? `${visibleJson(document(), 2)}\n` : text())
}

function unreadableText(count: number | undefined, above: string): string {
  if (count === undefined) return ''
  const rows = count === 1 ? '1 row' : `${count} rows`
  return `${above === '' ? '' : '\n'}${rows} could not be read, and may belong here: stderr names what is wrong.\n`
}
