// What is done to secrets of KV version 2 until the server is killed, and what each must be afterwards: both follow from
// numbers alone. This model of versions is written apart from the server's own, and knows only what can be seen from outside.

/** One thing that is asked about one secret. */
export type Deed =
  | { readonly kind: 'put'; readonly text: string }
  | { readonly kind: 'delete' | 'undelete' | 'destroy'; readonly versions: readonly number[] }
  | { readonly kind: 'settings'; readonly maxVersions: number; readonly note: string }
  | { readonly kind: 'remove' }

/** A secret as a client sees it; undefined where there is none. */
export type Secret = {
  readonly current: number
  readonly maxVersions: number
  readonly note: string
  /** What each version says, or why it says nothing. */
  readonly versions: ReadonlyMap<number, Version>
}

export type Version = { readonly state: 'kept' | 'deleted' | 'destroyed'; readonly text: string }

/** Bytes of some values: some lie in pages of their own. */
const sizes = [0, 20, 3000, 20_000] as const

/** Draws a deed. @param name in every value, so that no two say the same */
export function drawDeed(draw: () => number, canary: string, name: string, before: Secret | undefined): Deed {
  const pick = draw()
  const size = sizes[Math.floor(draw() * sizes.length)] ?? 0
  const text = `${canary} ${name} ${'.'.repeat(size)}`
  const current = before?.current ?? 0
  const versions = [1, 2, 3].map(() => Math.max(1, current - Math.floor(draw() * 6)))
  if (pick < 0.55 || current === 0) return { kind: 'put', text }
  if (pick < 0.65) return { kind: 'delete', versions }
  if (pick < 0.75) return { kind: 'undelete', versions }
  if (pick < 0.85) return { kind: 'destroy', versions }
  if (pick < 0.96) return { kind: 'settings', maxVersions: Math.floor(draw() * 6), note: name }
  return { kind: 'remove' }
}

const none: Secret = { current: 0, maxVersions: 0, note: '', versions: new Map() }
const usualMaxVersions = 10

/** What a secret is after a deed. */
export function afterDeed(before: Secret | undefined, deed: Deed): Secret | undefined {
  switch (deed.kind) {
    case 'put':
      return withVersion(before ?? none, deed.text)
    case 'settings':
      return { ...(before ?? none), maxVersions: deed.maxVersions, note: deed.note }
    case 'remove':
      return undefined
    case 'delete':
      return changed(before, deed.versions, (state) => (state === 'kept' ? 'deleted' : state))
    case 'undelete':
      return changed(before, deed.versions, (state) => (state === 'deleted' ? 'kept' : state))
    case 'destroy':
      return changed(before, deed.versions, () => 'destroyed')
  }
}

function withVersion(before: Secret, text: string): Secret {
  const current = before.current + 1
  const first = current - (before.maxVersions === 0 ? usualMaxVersions : before.maxVersions)
  const all: readonly (readonly [number, Version])[] = [
    ...before.versions,
    [current, { state: 'kept', text }],
  ]
  return { ...before, current, versions: new Map(all.filter(([number]) => number > first)) }
}

function changed(
  before: Secret | undefined,
  numbers: readonly number[],
  next: (state: Version['state']) => Version['state'],
): Secret | undefined {
  if (before === undefined) return undefined
  const versions = [...before.versions].map(
    ([number, version]) =>
      [number, numbers.includes(number) ? { ...version, state: next(version.state) } : version] as const,
  )
  return { ...before, versions: new Map(versions) }
}

/** A secret in one line: what is deleted is there and says nothing. */
export function secretText(secret: Secret | undefined): string {
  if (secret === undefined) return 'nothing'
  const { current, maxVersions, note, versions } = secret
  const each = [...versions].map(
    ([number, { state, text }]) => `${number}=${state === 'kept' ? text : state}`,
  )
  return [`current ${current}`, `max ${maxVersions}`, `note ${note}`, ...each].join(', ')
}
