// import "version": semantic versions, and the constraints that Terraform's users know (hashicorp/go-version).

import { type Native, native } from '../run/native.ts'
import type { Bytes } from '../values/bytes.ts'
import { Dict } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import { toInt } from '../values/int.ts'
import type { Value } from '../values/value.ts'
import { alias, table } from './table.ts'

type Version = {
  /** Always three. */
  readonly segments: readonly bigint[]
  /** How many of them were written. */
  readonly written: number
  readonly prerelease: string
  readonly metadata: string
}

export const version = table(native('new', ['any'], (_, value) => toDict(versionOf(value))))

/** Of a version, and of a constraint. */
const maxLength = 256
const maxConstraints = 100
const syntax =
  /^v?(\d+(?:\.\d+)*)(?:-?([0-9A-Za-z~-]+(?:\.[0-9A-Za-z~-]+)*))?(?:\+([0-9A-Za-z~-]+(?:\.[0-9A-Za-z~-]+)*))?$/

function parse(text: string): Version {
  if (text.length > maxLength) fail(`a version of more than ${maxLength} bytes`)
  const [, numbers = '', prerelease = '', metadata = ''] =
    syntax.exec(text) ?? fail(`\`${text}\` is no version`)
  const segments = numbers.split('.').map(BigInt)
  if (segments.length > 3) fail(`\`${text}\` is no version: it has more than three numbers`)
  if (segments.some((segment) => segment > 0x7fffffffffffffffn))
    fail(`\`${text}\` is no version: a number is too large`)
  return { segments: [...segments, 0n, 0n].slice(0, 3), written: segments.length, prerelease, metadata }
}

/** A version out of a string, or out of what `new` gave. */
function versionOf(value: Value): Version {
  if (typeof value === 'string') return parse(value)
  const hidden = value instanceof Dict && value.methods === methods ? (value.hidden as Version) : undefined
  return hidden ?? fail('cannot convert to version')
}

const written = ({ segments, prerelease, metadata }: Version): Bytes =>
  segments.join('.') + (prerelease && `-${prerelease}`) + (metadata && `+${metadata}`)

function toDict(version: Version): Dict<Value> {
  const [major = 0n, minor = 0n, patch = 0n] = version.segments.map((segment) => toInt(segment))
  const fields: readonly (readonly [string, Value])[] = [
    ...([
      ['major', major],
      ['minor', minor],
      ['patch', patch],
    ] as const),
    ...([
      ['prerelease', version.prerelease],
      ['metadata', version.metadata],
      ['version', written(version)],
    ] as const),
  ]
  return new Dict<Value>(fields, version, methods)
}

/** The order of two versions; metadata does not count. */
function compare(a: Version, b: Version): number {
  for (const [at, segment] of a.segments.entries()) {
    const other = b.segments[at] ?? 0n
    if (segment !== other) return segment < other ? -1 : 1
  }
  if (a.prerelease === b.prerelease) return 0
  if (a.prerelease === '' || b.prerelease === '') return a.prerelease === '' ? 1 : -1
  return comparePrereleases(a.prerelease.split('.'), b.prerelease.split('.'))
}

function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const order = comparePart(a[at], b[at])
    if (order !== 0) return order
  }
  return 0
}

/** Semantic Versioning 11.4: fewer parts come first, numbers before words. */
function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined)
  const [x, y] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (x !== y) return x ? -1 : 1
  return x ? before(BigInt(a), BigInt(b)) : before(a, b)
}

const before = <T extends bigint | string>(a: T, b: T) => (a < b ? -1 : Number(a > b))

const sameSegments = (a: Version, b: Version) => a.segments.every((segment, at) => segment === b.segments[at])

/** A prerelease is only meant by a constraint that names a prerelease of the same three numbers. */
function mayBeMeant(version: Version, limit: Version): boolean {
  return version.prerelease === '' || (limit.prerelease !== '' && sameSegments(version, limit))
}

/** `~>`: at least the limit, and equal in all but the last number that was written. */
function isNear(version: Version, limit: Version): boolean {
  if (limit.prerelease !== '' && version.prerelease === '') return false
  const kept = limit.segments.slice(0, Math.max(limit.written - 1, 0))
  return compare(version, limit) >= 0 && kept.every((segment, at) => segment === version.segments[at])
}

const constraints: ReadonlyMap<string, (version: Version, limit: Version) => boolean> = new Map([
  ['', (version, limit) => compare(version, limit) === 0],
  ['=', (version, limit) => compare(version, limit) === 0],
  ['!=', (version, limit) => compare(version, limit) !== 0],
  ['>', (version, limit) => mayBeMeant(version, limit) && compare(version, limit) > 0],
  ['<', (version, limit) => mayBeMeant(version, limit) && compare(version, limit) < 0],
  ['>=', (version, limit) => mayBeMeant(version, limit) && compare(version, limit) >= 0],
  ['<=', (version, limit) => mayBeMeant(version, limit) && compare(version, limit) <= 0],
  ['~>', (version, limit) => mayBeMeant(version, limit) && isNear(version, limit)],
])

function satisfies(version: Version, text: Bytes): boolean {
  const parts = text.split(',', maxConstraints + 1)
  if (parts.length > maxConstraints) fail(`more than ${maxConstraints} version constraints in one text`)
  return parts
    .map((part) => {
      if (part.length > maxLength) fail(`a version constraint of more than ${maxLength} bytes`)
      const [, operator = '', limit = ''] =
        /^(|=|!=|>|<|>=|<=|~>)\s*([^\s<>=!~].*)$/.exec(part.trim()) ??
        fail(`\`${text}\` is no version constraint`)
      return constraints.get(operator)?.(version, parse(limit)) === true
    })
    .every(Boolean)
}

const comparison = (names: readonly string[], accept: (order: number) => boolean): readonly Native[] =>
  alias(names, (name) =>
    native(name, ['any', 'any'], (_, a, b) => accept(compare(versionOf(a), versionOf(b)))),
  )

const methods = table(
  ...comparison(['greater_than', 'gt'], (order) => order > 0),
  ...comparison(['greater_than_or_equals', 'gte'], (order) => order >= 0),
  ...comparison(['less_than', 'lt'], (order) => order < 0),
  ...comparison(['less_than_or_equals', 'lte'], (order) => order <= 0),
  ...comparison(['equals', 'eq'], (order) => order === 0),
  ...alias(['compare', 'cmp'], (name) =>
    native(name, ['any', 'any'], (_, a, b) => compare(versionOf(a), versionOf(b))),
  ),
  ...alias(['satisfies', 'sat'], (name) =>
    native(name, ['any', 'string'], (_, value, text) => satisfies(versionOf(value), text)),
  ),
)
