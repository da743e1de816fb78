// What a device writes in place of a secret: HMAC-SHA256 with the device's own salt, so that whoever knows a value can
// look for it (`sys/audit-hash`), and nobody can read it or compare it between devices.

import { remembered } from '../../base/index.ts'
import type { AuditToken } from './entry.ts'
import { keyedHash } from './keyed-hash.ts'

/** Hides values, for one device. */
export type Concealer = {
  text(value: string): string
  token(token: AuditToken): string
  accessor(accessor: string): string
  /** The text of a thing that does not change, made once as long as there is room to remember it. */
  once(thing: object, make: () => string): string
}

/** Tokens and accessors whose hashes are remembered, at most: most requests come with one of a few. */
const maxRemembered = 4096

/** Characters of the texts that are made once, in all. */
const maxCharacters = 16 * 1024 * 1024

const onceEach = () => remembered<object, string>(maxCharacters, (text) => text.length)

/** Hides values behind a salt. Accessors are left where `hmacAccessor` is false. */
export function concealer(salt: Uint8Array, { hmacAccessor }: { readonly hmacAccessor: boolean }): Concealer {
  const hash = keyedHash(salt)
  const text = (value: string) => `hmac-sha256:${hash(value)}`
  const [tokens, accessors] = [remembering(), remembering()]
  return {
    text,
    token: ({ secret, key: known }) =>
      known === undefined ? text(secret.reveal()) : tokens(known, () => text(secret.reveal())),
    accessor: (accessor) => (hmacAccessor ? accessors(accessor, () => text(accessor)) : accessor),
    once: onceEach(),
  }
}

/** Hides nothing: `log_raw`. */
export const raw = (): Concealer => ({
  text: (value) => value,
  token: ({ secret }) => secret.reveal(),
  accessor: (accessor) => accessor,
  once: onceEach(),
})

/** INVARIANT: names are no secrets; those of tokens are keyed hashes. */
function remembering(): (name: string, make: () => string) => string {
  const known = new Map<string, string>()
  return (name, make) => {
    const before = known.get(name)
    if (before !== undefined) return before
    const made = make()
    if (known.size === maxRemembered) known.clear()
    known.set(name, made)
    return made
  }
}
