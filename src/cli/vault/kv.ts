import { SentinelError } from '../../base/index.ts'
import { type KvPlace, kvPlace } from '../../vault/index.ts'
import type { Flags, Positionals } from '../command.ts'
import type { Session } from './session.ts'

/** Where the secret lies, where that is not written in front of its path. */
export const mountFlag = {
  mount: {
    type: 'string',
    placeholder: 'path',
    help: 'mount of the secret (default: the beginning of its path)',
  },
} as const satisfies Flags

export const versionsFlag = {
  versions: { type: 'list', placeholder: 'numbers', help: 'which versions, with commas between them' },
} as const satisfies Flags

export const secretPosition = {
  secret: { help: 'path of the secret, with its mount unless -mount is given', required: true },
} as const satisfies Positionals

export const placeOf = (session: Session, secret: string, mount: string | undefined): Promise<KvPlace> =>
  kvPlace((call) => session.ask(call), secret, mount)

/** @throws SentinelError USAGE where the mount keeps no versions */
export function requireVersions(place: KvPlace): KvPlace {
  if (place.version === 2) return place
  throw new SentinelError('USAGE', `\`${place.mount}\` keeps no versions`, {
    hint: `turn it into a mount that does: sentinel vault kv enable-versioning ${place.mount}`,
  })
}

/** @throws SentinelError USAGE */
export const versionsIn = (given: readonly string[]): readonly number[] =>
  given.flatMap((text) => text.split(',')).map((text) => Number(versionIn(text.trim())))

/** @throws SentinelError USAGE */
export function versionIn(text: string): string {
  if (/^\d{1,9}$/.test(text)) return text
  throw new SentinelError('USAGE', `\`${text}\` is no version`)
}

/** `name=value`, several times. @throws SentinelError USAGE */
export function pairsIn(given: readonly string[]): { readonly [name: string]: string } {
  const pairs = given.map((text) => {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? []
    if (name !== '') return [name, value] as const
    throw new SentinelError('USAGE', `\`${text}\` is not name=value`)
  })
  return Object.fromEntries(pairs)
}
