// What a role adds to its tokens: JSON in which values stand for what is known of the holder, as
// `{"team": {{identity.entity.metadata.team}}}`.
//
// INVARIANT: a value is put in as a value. The JSON is read before anything is filled in, so nobody's name or metadata can
// become another claim. A place within a text, or a key, is refused when the template is written.

import type { Identity } from '../belonging.ts'
import { refuse } from '../refuse.ts'

type Value = string | readonly string[] | Readonly<Record<string, string>> | number
type Slot = (identity: Identity, nowMs: number) => Value

/** A template that was read. */
export type Claims = { readonly kind: 'object'; readonly members: readonly (readonly [string, Node])[] }

type Node =
  | Claims
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'slot'; readonly slot: Slot }
  | { readonly kind: 'plain'; readonly value: unknown }

const reserved = new Set([
  ...['iat', 'aud', 'exp', 'iss', 'sub', 'namespace', 'nonce', 'auth_time', 'at_hash', 'c_hash'],
])
const maxLength = 16_384
const maxDepth = 64
/** What stands for the slots while JSON is read. Nobody needs it in a claim. */
const mark = '\u0000'

/**
 * Reads a template, which may be in Base64. Nothing is the template that adds nothing.
 *
 * @throws SentinelError REQUEST_INVALID saying what is wrong with it
 */
export function textToClaims(text: string): Claims {
  if (text === '') return { kind: 'object', members: [] }
  if (text.length > maxLength) refuse(`a template has at most ${maxLength} characters`)
  const { json, slots } = withMarks(text)
  const used = new Set<number>()
  const root = nodeOf(parsed(json), slots, used, 0)
  if (root.kind !== 'object') return refuse('error parsing template JSON: it must be an object')
  if (used.size !== slots.length) refuse('error parsing template: a value stands where none can')
  for (const [name] of root.members)
    if (reserved.has(name))
      refuse(`top level key "${name}" not allowed. Restricted keys: ${[...reserved].join(', ')}`)
  return root
}

/** The text of a template as it is kept. */
export function decodedTemplate(text: string): string {
  const isBase64 = text !== '' && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)
  return isBase64 ? Buffer.from(text, 'base64').toString() : text
}

/** The claims for one holder. */
export function filledClaims(
  claims: Claims,
  identity: Identity,
  nowMs: number,
): Readonly<Record<string, unknown>> {
  return objectOf(claims, identity, nowMs)
}

function objectOf({ members }: Claims, identity: Identity, nowMs: number): Readonly<Record<string, unknown>> {
  return Object.fromEntries(members.map(([name, node]) => [name, filled(node, identity, nowMs)]))
}

function filled(node: Node, identity: Identity, nowMs: number): unknown {
  switch (node.kind) {
    case 'object':
      return objectOf(node, identity, nowMs)
    case 'list':
      return node.items.map((item) => filled(item, identity, nowMs))
    case 'slot':
      return node.slot(identity, nowMs)
    case 'plain':
      return node.value
  }
}

function withMarks(text: string): { readonly json: string; readonly slots: readonly Slot[] } {
  const [first = '', ...rest] = text.split('{{')
  const slots: Slot[] = []
  let json = first
  if (first.includes('}}')) unbalanced()
  for (const piece of rest) {
    // `{"a": {"b": {{…}}}}`: of more than two braces the last close objects.
    const end = piece.indexOf('}}')
    if (end === -1) unbalanced()
    json += `"\\u0000${slots.length}"${piece.slice(end + 2)}`
    slots.push(textToSlot(piece.slice(0, end).trim()))
  }
  return { json, slots }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return refuse(
      'error parsing template JSON',
      'a value like {{identity.entity.name}} stands without quotes',
    )
  }
}

function nodeOf(value: unknown, slots: readonly Slot[], used: Set<number>, depth: number): Node {
  if (depth > maxDepth) refuse(`a template has at most ${maxDepth} levels`)
  if (typeof value === 'string' && value.startsWith(mark)) {
    const at = Number(value.slice(1))
    const slot = used.has(at) ? undefined : slots[at]
    if (slot === undefined) return refuse('error parsing template: it has a character that is none')
    used.add(at)
    return { kind: 'slot', slot }
  }
  if (Array.isArray(value))
    return { kind: 'list', items: value.map((each) => nodeOf(each, slots, used, depth + 1)) }
  if (typeof value !== 'object' || value === null) return { kind: 'plain', value }
  const members = Object.entries(value).map(
    ([name, each]) => [name, nodeOf(each, slots, used, depth + 1)] as const,
  )
  return { kind: 'object', members }
}

const textOf = (map: ReadonlyMap<string, string> | undefined, key: string) => map?.get(key) ?? ''
const objectFrom = (map: ReadonlyMap<string, string> | undefined) => Object.fromEntries(map ?? [])

const plain: ReadonlyMap<string, Slot> = new Map<string, Slot>([
  ['identity.entity.id', ({ entity }) => entity.id],
  ['identity.entity.name', ({ entity }) => entity.name],
  ['identity.entity.metadata', ({ entity }) => objectFrom(entity.metadata)],
  ['identity.entity.groups.ids', ({ groups }) => groups.map(({ id }) => id)],
  ['identity.entity.groups.names', ({ groups }) => groups.map(({ name }) => name)],
  ['time.now', (_identity, nowMs) => Math.floor(nowMs / 1000)],
])
const metadata = /^identity\.entity\.metadata\.(.+)$/s
const alias = /^identity\.entity\.aliases\.([^.]+)\.(id|name|metadata|custom_metadata)(?:\.(.+))?$/s
const time = /^time\.now\.(plus|minus)\.(\d{1,9})(s|m|h|d)?$/
const unit = { s: 1, m: 60, h: 3600, d: 86_400 } as const

function textToSlot(text: string): Slot {
  const known = plain.get(text) ?? metadataSlot(text) ?? aliasSlot(text) ?? timeSlot(text)
  return (
    known ??
    refuse(
      `error parsing template: \`{{${text}}}\` is nothing that can be filled in`,
      'known are identity.entity.id, .name, .metadata, .metadata.KEY, .groups.names, .groups.ids, .aliases.ACCESSOR.… and time.now',
    )
  )
}

function metadataSlot(text: string): Slot | undefined {
  const [, key] = metadata.exec(text) ?? []
  return key === undefined ? undefined : ({ entity }) => textOf(entity.metadata, key)
}

function aliasSlot(text: string): Slot | undefined {
  const [, accessor, field, key] = alias.exec(text) ?? []
  if (field === undefined || ((field === 'id' || field === 'name') && key !== undefined)) return undefined
  return ({ entity }) => {
    const found = entity.aliases.find(({ mountAccessor }) => mountAccessor === accessor)
    if (field === 'id' || field === 'name') return found?.[field] ?? ''
    const map = field === 'metadata' ? found?.metadata : found?.customMetadata
    return key === undefined ? objectFrom(map) : textOf(map, key)
  }
}

function timeSlot(text: string): Slot | undefined {
  const [, way, amount, name = 's'] = time.exec(text) ?? []
  if (way === undefined) return undefined
  const seconds = Number(amount) * unit[name as keyof typeof unit] * (way === 'plus' ? 1 : -1)
  return (_identity, nowMs) => Math.floor(nowMs / 1000) + seconds
}

function unbalanced(): never {
  return refuse('error parsing template: unbalanced templating characters')
}
