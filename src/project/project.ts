// A policy author's configuration, from a file that was named or from all those of a folder.

import { type Configuration, configure, type Trust } from './configuration.ts'
import type { Finding, Shelf } from './files.ts'
import { isOverride, override } from './overrides.ts'
import { readSections, type Sections } from './sections.ts'

/** A configuration, as far as it could be read, and what is to be said about it. Usable if it is not broken. */
export type Project = { readonly configuration: Configuration; readonly findings: readonly Finding[] }

/**
 * The configuration in one file, HCL or JSON; also a case of `sentinel test`.
 *
 * @throws SentinelError FILE_UNREADABLE if the file itself cannot be read; what it names are findings
 */
export function readConfiguration(shelf: Shelf, path: string): Project {
  return join(shelf, [read(shelf, path)], 'named')
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
  const paths = (accepts: (name: string) => boolean) =>
    names.filter(accepts).map((name) => read(shelf, files.join(folder, name)))
  const primary = paths((name) => name.endsWith('.hcl') && !isOverride(name))
  return join(shelf, primary, trust, primary.length === 0 ? [] : paths(isOverride))
}

const read = (shelf: Shelf, path: string) => readSections({ name: path, text: shelf.files.readText(path) })

function join(
  shelf: Shelf,
  primary: readonly Sections[],
  trust: Trust,
  overrides: readonly Sections[] = [],
): Project {
  const findings = [...primary, ...overrides].flatMap((file) => file.findings)
  let sections = primary.flatMap((file) => file.sections)
  for (const file of overrides) {
    const merged = override(sections, file.sections)
    sections = [...merged.sections]
    findings.push(...merged.findings)
  }
  const isLegacy = primary.some((file) => file.isLegacy)
  const made = configure(shelf, sections, { trust, isLegacy })
  return { configuration: made.configuration, findings: [...findings, ...made.findings] }
}
