// What is said of a library, and whether it is as it should be.

import { type Explained, explained, isCanonical, reasonFor } from './explained.ts'
import type { Library } from './library.ts'

/** One line about a library, and a line for everything that is wrong. */
export type Verdict = { readonly line: string; readonly wrong: readonly string[] }

/** Judges what was found. A case that is explained and passes is wrong too: the explanation is out of date. */
export function judgeLibrary(library: Library, known: readonly Explained[] = explained): Verdict {
  const { name, files, unparsed, unformatted, cases } = library
  const all = [...cases].map(([path, verdict]) => ({ path, verdict, reason: reasonFor(path, known) }))
  const passed = all.filter(({ verdict }) => verdict === 'pass')
  const failed = all.filter(({ verdict, reason }) => verdict !== 'pass' && reason === undefined)
  const excused = all.filter(({ verdict, reason }) => verdict !== 'pass' && reason !== undefined)
  const canonical = isCanonical(name)
  const fixed = files.length - unformatted.length - unparsed.length
  return {
    line:
      `${name}: ${files.length - unparsed.length} of ${files.length} files parsed; ` +
      `${fixed} fixed points of fmt${canonical ? ', as all should be' : ''}; ` +
      `${cases.size} cases: ${passed.length} passed, ${failed.length} failed, ${excused.length} explained`,
    wrong: [
      ...(files.length === 0 ? ['there is no .sentinel file'] : []),
      ...unparsed.map((path) => `${path}: does not parse`),
      ...(canonical ? unformatted.map((path) => `${path}: is not a fixed point of fmt`) : []),
      ...failed.map(({ path, verdict }) => `${path}: ${verdict}`),
      ...passed.flatMap(({ path, reason }) =>
        reason === undefined ? [] : [`${path}: passes, although: ${reason}`],
      ),
    ],
  }
}

/** Judges a run with all expectations negated: whatever passes as written must fail then. */
export function judgeFlipped({ name, cases }: Library, passing: readonly string[]): Verdict {
  const passed = [...cases].filter(([, verdict]) => verdict === 'pass').map(([path]) => path)
  const unmoved = passed.filter((path) => passing.includes(path))
  return {
    line: `${name}: ${passed.length - unmoved.length} of ${passed.length} passing cases fail when their expectations are negated`,
    wrong: unmoved.map((path) => `${path}: passes whatever it expects`),
  }
}

/** Reasons of the cases that did not pass, with how many there are of each. */
export function excuses({ cases }: Library): readonly string[] {
  const counts = new Map<string, number>()
  for (const [path, verdict] of cases) {
    const reason = verdict === 'pass' ? undefined : reasonFor(path)
    if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  return [...counts].map(([reason, count]) => `${count} explained: ${reason}`)
}
