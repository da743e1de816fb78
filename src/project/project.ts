// A policy author's configuration, from a file that was named or from all those of a folder.

import { type Configuration, configure, type Trust } from './configuration.ts'
import type { Finding, Shelf } from './files.ts'
import { Findings } from './findings.ts'
import { isOverride, override } from './overrides.ts'
import { readSections, type Sections } from './sections.ts'
import { noRoomFor, Size } from './size.ts'

/** A configuration, as far as it could be read, and what is to be said about it. Usable if it is not broken. */
export type Project = { readonly configuration: Configuration; readonly findings: readonly Finding[] }

/**
 * The configuration in one file, HCL or JSON; also a case of `sentinel test`.
 *
 * @throws SentinelError FILE_UNREADABLE if the file itself cannot be read; what it names are findings
 */
export function readConfiguration(shelf: Shelf, path: string): Project {
  const size = new Size(shelf.room)
  return join(shelf, { size, primary: [read(shelf, size, path)], overrides: [] }, 'named')
}

/**
 * The configuration of a folder: all its `*.hcl` files but hidden ones, then its override files by name.
 *
 * @param trust `named` if a person named the folder; otherwise `http` cannot be enabled
 * @throws SentinelError FILE_UNREADABLE
 */
export function readProject(shelf: Shelf, folder: string, trust: Trust): Project {
  const { files } = shelf
  const names = [...(files.list(folder) ?? [])].filter((name) => !name.startsWith('.')).sort()
  const size = new Size(shelf.room)
  const sectionsOf = (accepts: (name: string) => boolean) =>
    readAll(
      shelf,
      size,
      names.filter(accepts).map((name) => files.join(folder, name)),
    )
  const primary = sectionsOf((name) => name.endsWith('.hcl') && !isOverride(name))
  return join(shelf, { size, primary, overrides: primary.length === 0 ? [] : sectionsOf(isOverride) }, trust)
}

const read = (shelf: Shelf, size: Size, path: string): Sections =>
  readSections({ name: path, text: shelf.files.readText(path) }, size)

/** The files one after the other, as long as there is room. */
function readAll(shelf: Shelf, size: Size, paths: readonly string[]): readonly Sections[] {
  const all: Sections[] = []
  for (const path of paths) {
    const hasRoom = size.left > 0
    all.push(
      hasRoom ? read(shelf, size, path) : { sections: [], isLegacy: false, findings: [noRoomFor(path)] },
    )
    if (!hasRoom) break
  }
  return all
}

/** What was read of the files of a configuration. */
type Read = {
  readonly size: Size
  readonly primary: readonly Sections[]
  readonly overrides: readonly Sections[]
}

function join(shelf: Shelf, { size, primary, overrides }: Read, trust: Trust): Project {
  const findings = new Findings()
  for (const file of [...primary, ...overrides]) findings.add(file.findings)
  let sections = primary.flatMap((file) => file.sections)
  for (const file of overrides) {
    const merged = override(sections, file.sections)
    sections = [...merged.sections]
    findings.add(merged.findings)
  }
  const isLegacy = primary.some((file) => file.isLegacy)
  const configuration = configure(shelf, sections, { trust, isLegacy, size, findings })
  return { configuration, findings: findings.all }
}
