// The keys where they are not in their file, but in the keyring of the operating system. The file then says under which
// name they lie there, so that every program finds them, whatever its environment. And what is wrong with the file.
//
// INVARIANT: what cannot be read is an error. New keys are never made in its place.

import { isHex, printable, SentinelError } from '../base/index.ts'
import { readText, writeAtomic } from './files.ts'
import { keyringEntry } from './keyring.ts'
import { type Content, contentToText, textToContent } from './keys-text.ts'
import { withLock } from './lock.ts'
import type { Machine } from './machine.ts'

const entryOf = (id: string) => keyringEntry(service, id)

const service = 'sentinel-gateway'

/**
 * The keys that a file names which does not hold them.
 *
 * @throws SentinelError KEYRING_UNAVAILABLE when they cannot be had; KEYS_UNREADABLE when the file says nothing of the kind
 */
export function keptElsewhere(path: string, text: string): Content {
  const id = textToId(text)
  if (id === undefined) {
    throw new SentinelError('KEYS_UNREADABLE', `\`${path}\` does not hold the keys that sentinel wrote`, {
      hint: 'restore it from a backup; or move it away: credentials are fetched anew, and `sentinel log verify` cannot vouch for older lines',
    })
  }
  const stored = asked(() => entryOf(id).read())
  const content = stored === null ? undefined : textToContent(stored)
  if (content?.id === id) return content
  const what = stored === null ? 'has no entry' : 'has something else as the entry'
  throw new SentinelError(
    'KEYRING_UNAVAILABLE',
    `the keyring ${what} \`${id}\` of \`${service}\`, where \`${path}\` says the keys are`,
    {
      hint: `restore the keyring; if the keys are lost, move \`${path}\` away: credentials are fetched anew, and \`sentinel log verify\` cannot vouch for older lines`,
    },
  )
}

/** Where the keys lie. */
export type KeysPlace = 'file' | 'keyring'

/** Where the keys lie that a file holds or names. */
export function placeOfKeys(path: string): KeysPlace {
  return textToId(readText(path)) === undefined ? 'file' : 'keyring'
}

/**
 * Moves the keys, which stay the same. They are written and read back at the new place before they are removed at the old
 * one, so whoever is killed on the way leaves them in at least one that is found.
 *
 * @throws SentinelError KEYRING_UNAVAILABLE, KEYS_UNREADABLE, FILE_UNWRITABLE; the keys are then where they were
 */
export function moveKeys(deps: Machine, path: string, to: KeysPlace): void {
  withLock(deps, `${path}.lock`, () => {
    const text = readText(path)
    const held = textToContent(text)
    const content = held ?? keptElsewhere(path, text)
    const whole = contentToText(content)
    if (to === 'keyring' && held !== undefined) {
      const entry = asked(() => entryOf(content.id))
      asked(() => entry.write(whole))
      if (asked(() => entry.read()) !== whole) throw unavailable('it does not give back what it was given')
      writeAtomic(deps, path, idToText(content.id))
    }
    if (to === 'file' && held === undefined) {
      writeAtomic(deps, path, whole)
      asked(() => entryOf(content.id).remove())
    }
  })
}

const idToText = (id: string) => `${JSON.stringify({ format: 2, id, in: 'keyring' })}\n`

function textToId(text: string): string | undefined {
  const id = /"id":"([0-9a-f]+)"/.exec(text)?.[1] ?? ''
  return isHex(id, 16) && text === idToText(id) ? id : undefined
}

function asked<Answer>(ask: () => Answer): Answer {
  try {
    return ask()
  } catch (thrown) {
    throw unavailable(
      thrown instanceof Error ? (thrown.message.split('\n', 1)[0] ?? '') : String(thrown),
      thrown,
    )
  }
}

function unavailable(why: string, cause?: unknown): SentinelError {
  return new SentinelError('KEYRING_UNAVAILABLE', `the keyring cannot be used: ${printable(why)}`, {
    hint: 'unlock it, or run sentinel in the session that it belongs to (on Linux, one with D-Bus and a Secret Service such as gnome-keyring); `sentinel log keys --to file` brings the keys back while it can be read',
    cause,
  })
}

/** The error of a file that its owner is not alone with. */
export function readableByOthers(path: string, mode: number): SentinelError {
  const shown = (mode & 0o777).toString(8).padStart(4, '0')
  return new SentinelError('KEYS_UNREADABLE', `the keys in \`${path}\` are open to others (mode ${shown})`, {
    hint: `run: chmod 600 '${path}'; if somebody else may have read it, remove it instead`,
  })
}
