// The test cases of a policy: `test/<policy>/*.hcl` and `*.json` beside it.

import { type Files, openShelf, type Shelf } from './files.ts'

/** A policy with its cases; paths as people write them. */
export type Suite = { readonly policy: string; readonly cases: readonly string[] }

/** Which policies and cases are wanted, by their names. */
export type Wanted = { readonly policy: RegExp; readonly case: RegExp }

/** Everything. */
export const everyCase: Wanted = { policy: /(?:)/, case: /(?:)/ }

/**
 * The pattern of `-run`: that of the policy, and behind a slash that of the case. They look at names with and without
 * their ending.
 *
 * @throws SyntaxError
 */
export function readWanted(pattern: string): Wanted {
  const at = slashIn(pattern)
  const [policy, one] = at === -1 ? [pattern, ''] : [pattern.slice(0, at), pattern.slice(at + 1)]
  return { policy: new RegExp(policy, 'u'), case: new RegExp(one, 'u') }
}

/** The first slash that is not inside of brackets. */
function slashIn(pattern: string): number {
  let isInside = false
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]
    if (char === '\\') at++
    else if (char === '[') isInside = true
    else if (char === ']') isInside = false
    else if (char === '/' && !isInside) return at
  }
  return -1
}

/** The cases of a policy by name, those that are wanted. Undefined for a policy that is not wanted. */
export function suiteOf(files: Files, policy: string, wanted: Wanted): Suite | undefined {
  if (!fits(wanted.policy, policy)) return undefined
  const folder = testFolderOf(files, policy)
  const names = (files.list(folder) ?? []).filter((name) => /\.(?:hcl|json)$/.test(name))
  const chosen = names.filter((name) => fits(wanted.case, name)).sort()
  if (names.length > 0 && chosen.length === 0) return undefined
  return { policy, cases: chosen.map((name) => files.join(folder, name)) }
}

const nameIn = (path: string) => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
const stemOf = (path: string) => nameIn(path).replace(/\.[^.]*$/, '')
const fits = (pattern: RegExp, path: string) => pattern.test(stemOf(path)) || pattern.test(nameIn(path))

const testFolderOf = (files: Files, policy: string) =>
  files.join(files.folderOf(policy), `test/${stemOf(policy)}`)

/**
 * A shelf for the cases of one policy, beside one for what all policies share: what lies below a policy's own folder
 * of cases is forgotten with the policy. Large libraries have a mock for every case and few modules for all.
 */
export function openSuiteShelf(common: Shelf, { policy }: Suite): Shelf {
  const { files, room } = common
  const own = openShelf(files, room)
  const folder = files.join(testFolderOf(files, policy), 'x').slice(0, -1)
  const isOwn = (path: string) => path === policy || path.startsWith(folder)
  return { files, room, policy: (path, size) => (isOwn(path) ? own : common).policy(path, size) }
}
