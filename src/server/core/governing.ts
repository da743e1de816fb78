// The governing policies of a server: their texts in the storage, compiled and indexed in memory, and what governs one
// request. Where nobody wrote any, a request finds nothing to look at.
//
// INVARIANT: a policy that is stored and cannot be read does not pass, wherever it may have applied.

import { SentinelError } from '../../base/index.ts'
import {
  byPlace,
  type GoverningKind,
  type GoverningPolicy,
  type GoverningReader,
  governingReader,
  levels,
  PathIndex,
  pathsComplaint,
  type WrittenPolicy,
} from '../../policy/index.ts'
import { everyEntry, type Kv } from '../../store/index.ts'

/** What somebody writes. */
export type PolicyWritten = Omit<WrittenPolicy, 'namespace'>

/** The governing policies of a server. */
export interface GoverningPolicies {
  /** Whether there is none at all. */
  isEmpty(): boolean
  read(kind: GoverningKind, name: string): WrittenPolicy | undefined
  /** Sorted. */
  names(kind: GoverningKind): readonly string[]
  /**
   * @returns what is worth a remark
   * @throws SentinelError REQUEST_INVALID with everything that is wrong, each at its line with a caret
   */
  write(written: PolicyWritten): Promise<readonly string[]>
  remove(kind: GoverningKind, name: string): Promise<void>
  /** Those among these policies that are RGPs, in the order of evaluation. A name that means nothing gives nothing. */
  ofNames(names: readonly string[]): readonly GoverningPolicy[]
  /**
   * The EGPs of a path, in the order of evaluation.
   *
   * @param isAnyCase names in the path mean the same in every case, so those of policies do too
   */
  ofPath(path: string, isAnyCase: boolean): readonly GoverningPolicy[]
  /** Titles of those that are stored and cannot be read. */
  unreadable(): readonly string[]
}

type Deps = { readonly kv: Kv; readonly http: boolean }

/** Reads all of them. */
export async function openGoverning(deps: Deps): Promise<GoverningPolicies> {
  const all = new Policies(deps, await governingReader())
  await all.load()
  return all
}

type Shelf = Map<string, GoverningPolicy>

class Policies implements GoverningPolicies {
  private readonly deps: Deps
  private readonly reader: GoverningReader
  private readonly shelves: Readonly<Record<GoverningKind, Shelf>> = { rgp: new Map(), egp: new Map() }
  private readonly broken = new Set<string>()
  private readonly index = new PathIndex()
  private readonly anyCaseIndex = new PathIndex((path) => path.toLowerCase())
  /** By lists of names, which are the same as long as their token is remembered. */
  private byNames = new WeakMap<readonly string[], readonly GoverningPolicy[]>()

  constructor(deps: Deps, reader: GoverningReader) {
    this.deps = deps
    this.reader = reader
  }

  async load(): Promise<void> {
    for (const kind of ['rgp', 'egp'] as const) {
      for await (const { key, value } of everyEntry(this.deps.kv, `${kind}/`)) {
        const name = key.slice(kind.length + 1)
        const written = fromStored(kind, name, Buffer.from(value).toString())
        if (written.text === '') this.broken.add(`${kind} ${name}`)
        this.replace(kind, name, this.reader.storedGoverning(written))
      }
    }
  }

  isEmpty(): boolean {
    return this.shelves.rgp.size === 0 && this.shelves.egp.size === 0
  }

  read(kind: GoverningKind, name: string): WrittenPolicy | undefined {
    return this.shelves[kind].get(name)
  }

  names(kind: GoverningKind): readonly string[] {
    return [...this.shelves[kind].keys()].sort()
  }

  async write(asked: PolicyWritten): Promise<readonly string[]> {
    const { kind, name } = asked
    const complaint = kind === 'egp' ? pathsComplaint(asked.paths) : undefined
    if (complaint !== undefined) throw new SentinelError('REQUEST_INVALID', complaint)
    const read = this.reader.readGoverning({ ...asked, namespace: '' }, { http: this.deps.http })
    if ('complaint' in read)
      throw new SentinelError('REQUEST_INVALID', read.complaint, { forLogs: read.places })
    const { policy, warnings } = read
    const value = Buffer.from(toStored(policy))
    await this.deps.kv.batch([{ kind: 'put', key: `${kind}/${name}`, value, expected: 'anything' }])
    this.broken.delete(`${kind} ${name}`)
    this.replace(kind, name, policy)
    return warnings
  }

  async remove(kind: GoverningKind, name: string): Promise<void> {
    await this.deps.kv.batch([{ kind: 'delete', key: `${kind}/${name}`, expected: 'anything' }])
    this.broken.delete(`${kind} ${name}`)
    this.replace(kind, name, undefined)
  }

  ofNames(names: readonly string[]): readonly GoverningPolicy[] {
    if (this.shelves.rgp.size === 0) return none
    const known = this.byNames.get(names)
    if (known !== undefined) return known
    const found = [...new Set(names)].flatMap((name) => this.shelves.rgp.get(name) ?? [])
    const made = found.length === 0 ? none : Object.freeze(found.sort(byPlace))
    this.byNames.set(names, made)
    return made
  }

  ofPath(path: string, isAnyCase: boolean): readonly GoverningPolicy[] {
    if (this.shelves.egp.size === 0) return none
    return (isAnyCase ? this.anyCaseIndex : this.index).find(path)
  }

  unreadable(): readonly string[] {
    return [...this.broken]
  }

  /** Puts another policy in the place of one. */
  private replace(kind: GoverningKind, name: string, after: GoverningPolicy | undefined): void {
    const shelf = this.shelves[kind]
    const before = shelf.get(name)
    if (after === undefined) shelf.delete(name)
    else shelf.set(name, after)
    this.byNames = new WeakMap()
    if (kind === 'rgp') return
    for (const index of [this.index, this.anyCaseIndex]) {
      if (before !== undefined) index.remove(before)
      if (after !== undefined) index.add(after)
    }
  }
}

const none: readonly GoverningPolicy[] = Object.freeze([])

const toStored = ({ text, level, paths }: WrittenPolicy): string => JSON.stringify({ text, level, paths })

/** What cannot be read is a policy without a text, which never passes: where its paths are lost, for every path. */
function fromStored(kind: GoverningKind, name: string, json: string): WrittenPolicy {
  const lost: WrittenPolicy = { kind, name, namespace: '', level: 'hard-mandatory', paths: ['*'], text: '' }
  try {
    const read = JSON.parse(json) as Partial<Record<string, unknown>>
    const level = levels.find((each) => each === read.level)
    const paths = Array.isArray(read.paths) ? read.paths.filter((path) => typeof path === 'string') : []
    const { text } = read
    if (typeof text !== 'string' || level === undefined) return lost
    if (kind === 'egp' && pathsComplaint(paths) !== undefined) return lost
    return { ...lost, level, paths, text }
  } catch {
    return lost
  }
}
