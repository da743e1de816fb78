// Where a secret of KV lies: people write the mount and the path as one, and whether there are versions is the mount's
// business, so the server is asked first.

import type { SentinelError } from '../base/index.ts'
import type { VaultAnswer, VaultBody, VaultCall } from './server.ts'

export type KvPlace = {
  /** With a slash at its end. */
  readonly mount: string
  /** In the mount; empty for the mount itself. */
  readonly path: string
  readonly version: 1 | 2
}

/** @param mount where it was named apart */
export async function kvPlace(
  ask: (call: VaultCall) => Promise<VaultAnswer>,
  written: string,
  mount: string | undefined,
): Promise<KvPlace> {
  const path = trimmed(written)
  const asked = mount === undefined ? path : trimmed(mount)
  const known = await mountAt(ask, asked)
  const at = typeof known.path === 'string' ? known.path : withSlash(mount ?? path.split('/')[0] ?? '')
  const options = known.options as VaultBody | null | undefined
  const inMount = mount === undefined ? withSlash(path).slice(at.length).replace(/\/$/, '') : path
  return { mount: at, path: inMount, version: options?.version === '2' ? 2 : 1 }
}

/** A server that does not tell is older than versions. */
async function mountAt(ask: (call: VaultCall) => Promise<VaultAnswer>, path: string): Promise<VaultBody> {
  try {
    const { body } = await ask({ method: 'GET', path: `sys/internal/ui/mounts/${path}`, isOnTheWay: true })
    return (body?.data as VaultBody | undefined) ?? {}
  } catch (thrown) {
    if ((thrown as SentinelError).code === 'VAULT_NOT_FOUND') return {}
    throw thrown
  }
}

/** The path of the API: `secret/data/app` for version 2, `secret/app` for version 1. */
export const kvPath = ({ mount, path, version }: KvPlace, word: string): string =>
  version === 2 ? `${mount}${word}/${path}` : `${mount}${path}`

const trimmed = (text: string) => text.replace(/^\/+|\/+$/g, '')
const withSlash = (text: string) => `${trimmed(text)}/`
