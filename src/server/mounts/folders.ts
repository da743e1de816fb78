import type { Kv } from '../../store/index.ts'
import type { Response } from '../door.ts'

const pageSize = 1000

/** The names in a folder as Vault lists them: sorted, each folder in it once and with a slash at its end. */
export async function foldersOf(store: Kv, folder: string): Promise<Response> {
  const keys = await namesIn(store, folder)
  return keys.length === 0 ? { status: 404 } : { data: { keys } }
}

/** The names in a folder; a folder of folders is stepped over, not read through. */
export async function namesIn(store: Kv, folder: string): Promise<readonly string[]> {
  const names: string[] = []
  let after: string | undefined
  for (;;) {
    const range = { prefix: folder, limit: pageSize, ...(after === undefined ? {} : { after }) }
    const keys = await store.keys(range)
    const last = keys.at(-1)
    if (last === undefined) return names
    for (const key of keys) {
      const name = nameBelow(folder, key)
      if (names.at(-1) !== name) names.push(name)
    }
    const lastName = nameBelow(folder, last)
    // U+10FFFF is behind everything that a folder can hold.
    after = lastName.endsWith('/') ? `${folder}${lastName}\u{10ffff}` : last
  }
}

function nameBelow(folder: string, key: string): string {
  const slash = key.indexOf('/', folder.length)
  return slash === -1 ? key.slice(folder.length) : key.slice(folder.length, slash + 1)
}
