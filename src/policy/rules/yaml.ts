// YAML text to plain data, with the places of everything in it. YAML 1.2's core schema, one document, text keys,
// no tags of one's own; what YAML itself finds wrong becomes diagnostics.

import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  Scalar,
  visit,
} from 'yaml'
import type { Diagnostic, Span } from '../../source/index.ts'

/** A key or list index on the way to a place in a document. */
export type Path = readonly (string | number)[]

/** A path as people write it: `rules[0].conditions.time.hours`. */
export function locationOf(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '')
}

/** A document that was read: its data as far as it can be made out, beside what YAML finds wrong with it. */
export type ReadYaml = {
  /** The document as plain data; absent when there is none to speak of. */
  readonly data?: { readonly value: unknown }
  readonly diagnostics: readonly Diagnostic[]
  /** Where the value at a path stands, or the nearest thing around it. */
  readonly valueSpan: (path: Path) => Span
  /** Where the key (or list item) that a path ends in stands. */
  readonly keySpan: (path: Path) => Span
  /** Whether the value at a path was read whole. If not, what seems wrong with it may only follow from a diagnostic. */
  readonly isWhole: (path: Path) => boolean
}

const longest = 1024 * 1024

/** Reads a YAML document. Never throws. */
export function readYaml(text: string): ReadYaml {
  const nowhere = () => ({ start: 0, end: 0 })
  const unreadable = (message: string, hint: string): ReadYaml => ({
    diagnostics: [{ severity: 'error', message, hint, span: { start: 0, end: 0 }, location: '' }],
    valueSpan: nowhere,
    keySpan: nowhere,
    isWhole: () => false,
  })
  if (text.length > longest) return unreadable('the document is longer than 1 MiB', 'split the policy')
  try {
    return readDocument(text)
  } catch (error) {
    // Thousands of open brackets end the recursive parser.
    if (error instanceof RangeError) return unreadable('the document is nested too deeply', 'flatten it')
    throw error
  }
}

function readDocument(text: string): ReadYaml {
  const document = parseDocument(text, {
    prettyErrors: false,
    stringKeys: true,
    version: '1.2',
    // What is worth saying is said as a diagnostic, never as a warning of Node's.
    logLevel: 'error',
  })
  const found = firstOfEachPlace([
    ...syntaxErrors(document, text),
    ...strayDirective(document, text),
    ...strayAliases(document),
  ])
  const damage = startOfDamage(document, found)
  const diagnostics = found.map((finding) => toDiagnostic(finding, text))
  const places = {
    valueSpan: (path: Path) => spanOf(locate(document, path).value, text),
    keySpan: (path: Path) => spanOf(locate(document, path).key, text),
    isWhole: (path: Path) => isBefore(damage, locate(document, path).value, text),
  }
  putInQuotes(document)
  try {
    return { data: { value: document.toJS() }, diagnostics, ...places }
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    return { diagnostics: [...diagnostics, toDiagnostic(aliasBomb, text)], ...places }
  }
}

const toDiagnostic = ({ message, span, hint }: Finding, text: string): Diagnostic => ({
  severity: 'error',
  message,
  span: within(span, text),
  hint,
  location: '',
})

type Finding = {
  readonly message: string
  readonly span: Span
  readonly hint?: string | undefined
  /** Whether the tree of the document cannot be trusted from here on. */
  readonly breaks?: boolean
}

const aliasBomb: Finding = {
  message: 'aliases multiply the document beyond measure',
  span: { start: 0, end: 0 },
  hint: 'write the values out',
}

/** What yaml says of the commonest mistakes, said for people who write policies. */
const inOurWords = new Map<string, Omit<Finding, 'span'>>([
  [
    'DUPLICATE_KEY',
    { message: 'the same key twice in one mapping', hint: 'keep one of the two', breaks: false },
  ],
  [
    'MULTIPLE_DOCS',
    {
      message: 'a second YAML document',
      hint: 'write one document, without another `---` or `...`',
      breaks: false,
    },
  ],
  [
    'BAD_ALIAS',
    {
      message: 'a `*` that is not in quotes',
      hint: 'put a pattern that begins with `*` in quotes: `"*"`',
      breaks: false,
    },
  ],
  [
    'BAD_SCALAR_START',
    { message: 'a sign that cannot begin a plain text', hint: 'put the text in quotes', breaks: false },
  ],
  [
    'BLOCK_AS_IMPLICIT_KEY',
    { message: 'a second `: ` within one line of text', hint: 'put a text that holds `: ` in quotes' },
  ],
  ['TAB_AS_INDENT', { message: 'a tab as indentation', hint: 'indent with spaces' }],
  ['NON_STRING_KEY', { message: 'a key that is not text', hint: 'write a plain word as the key' }],
  [
    'TAG_RESOLVE_FAILED',
    { message: 'a YAML tag that means nothing here', hint: 'remove the tag', breaks: false },
  ],
])

function syntaxErrors(document: Document, text: string): readonly Finding[] {
  return [...document.errors, ...document.warnings].map(({ code, message, pos: [start, end] }) => {
    // The recursive parser reports the end of its stack like any other error.
    if (/call stack/.test(message)) throw new RangeError(message)
    if (/^Missing closing ['"]quote/.test(message)) return openQuote(document, start)
    return {
      message: `not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
      ...(/ end with a [\]}]$/.test(message) ? { hint: 'close the bracket' } : {}),
      breaks: true,
      ...inOurWords.get(code),
      span: { start, end: code === 'DUPLICATE_KEY' ? endOfWord(text, start) : end },
    }
  })
}

/** A quote that is never closed, at the place where it opens: the parser only notices at the end of the text. */
function openQuote(document: Document, noticed: number): Finding {
  let opens = noticed
  visit(document, {
    Scalar: (_, scalar) => {
      const { start, end } = rangeOf(scalar)
      if (start <= noticed && noticed <= end) opens = start
    },
  })
  const hint = 'close the quote; put a text that holds one kind of quote in the other kind'
  return {
    message: 'a quote that is never closed',
    hint,
    span: { start: opens, end: opens + 1 },
    breaks: true,
  }
}

/** Of several findings at one place only the first, which caused the others. */
function firstOfEachPlace(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<number>()
  return findings.filter(({ span: { start } }) => !seen.has(start) && seen.add(start))
}

const endOfWord = (text: string, start: number) =>
  start + (/^[^\s:]+/.exec(text.slice(start))?.[0].length ?? 1)

function strayDirective(document: Document, text: string): readonly Finding[] {
  const yaml = document.directives?.yaml
  if (yaml?.explicit !== true || yaml.version === '1.2') return []
  const start = Math.max(0, text.indexOf('%YAML'))
  const span = { start, end: start + '%YAML 1.1'.length }
  return [{ message: 'policies are YAML 1.2', hint: 'remove the %YAML line', span, breaks: true }]
}

function strayAliases(document: Document): readonly Finding[] {
  const found: Finding[] = []
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return
      const message = `\`*${alias.source}\` refers to no anchor above it`
      const hint = `put a pattern that begins with \`*\` in quotes: \`"*${alias.source}"\``
      found.push({ message, hint, span: rangeOf(alias) })
    },
  })
  return found
}

/** Reads aliases without an anchor as the patterns they were meant to be, so that the rest can be looked at. */
function putInQuotes(document: Document): void {
  const strays = new Map<Alias, Scalar>()
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return
      const pattern = new Scalar(`*${alias.source}`)
      pattern.range = alias.range ?? null
      strays.set(alias, pattern)
    },
  })
  visit(document, { Alias: (_, alias) => strays.get(alias) })
}

/** Where the tree of the document stops being what was meant: at the open quote or bracket, if that is what is wrong. */
function startOfDamage(document: Document, found: readonly Finding[]): number {
  const breaks = found.filter(({ breaks }) => breaks).map(({ span: { start } }) => start)
  const starts = [...breaks]
  if (breaks.length === 0) return Number.POSITIVE_INFINITY
  visit(document, {
    Node: (_, node) => {
      const { start, end } = rangeOf(node)
      const isOpenable = isScalar(node) || (isCollection(node) && node.flow === true)
      if (isOpenable && breaks.some((at) => start <= at && at <= end)) starts.push(start)
    },
  })
  return Math.min(...starts)
}

/** Whether a node ends before the damage. One that holds others may go on after it, unless something else comes between. */
function isBefore(damage: number, node: Node | undefined, text: string): boolean {
  if (damage === Number.POSITIVE_INFINITY) return true
  const { end } = rangeOf(node)
  if (isScalar(node) && node.value !== null) return end <= damage
  return end <= damage && /^\s*[^\s#]/m.test(text.slice(end, damage).replace(/#.*/g, ''))
}

type Place = { readonly key: Node | undefined; readonly value: Node | undefined }

/** The node at a path, through aliases; where the path leads nowhere, the last node on the way. */
function locate(document: Document, path: Path): Place {
  let place: Place = { key: undefined, value: asNode(document.contents) }
  for (const step of path) {
    const around = isAlias(place.value) ? place.value.resolve(document) : place.value
    const next = isMap(around)
      ? inMap(around.items, step)
      : isSeq(around)
        ? around.items[Number(step)]
        : undefined
    if (next === undefined) break
    place = isNode(next) ? { key: next, value: next } : (next as Place)
  }
  return { key: place.key ?? place.value, value: place.value ?? place.key }
}

function inMap(items: readonly { key: unknown; value: unknown }[], step: string | number): Place | undefined {
  const pair = items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
  return pair && { key: asNode(pair.key), value: asNode(pair.value) }
}

const asNode = (thing: unknown): Node | undefined => (isNode(thing) ? thing : undefined)

const rangeOf = (node: Node | undefined): Span => ({
  start: node?.range?.[0] ?? 0,
  end: node?.range?.[1] ?? 0,
})

/** A node's span, for a mapping or list its first line only. */
function spanOf(node: Node | undefined, text: string): Span {
  const { start, end } = rangeOf(node)
  const lineEnd = text.indexOf('\n', start)
  return within({ start, end: lineEnd === -1 ? end : Math.min(end, lineEnd) }, text)
}

/** The span inside the text: what the parser misses at the end of a text it places after it. */
function within({ start, end }: Span, text: string): Span {
  const from = Math.min(start, text.length)
  return { start: from, end: Math.max(from, Math.min(end, text.length)) }
}
