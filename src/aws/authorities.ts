// The authorities that vouch for AWS besides, or instead of, those that Node brings along. What was got through one is
// AWS's word only as far as that one goes, so it is known by its content: a path may be another file tomorrow, or in
// another folder. Nothing is read where nothing is named.

import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import type { ProfileConnection } from './endpoints.ts'
import type { Env } from './types.ts'

/** Who names an authority, and the path as it is written there. */
export type NamedAuthority = {
  readonly by: 'AWS_CA_BUNDLE' | 'ca_bundle' | 'NODE_EXTRA_CA_CERTS' | 'SSL_CERT_FILE' | 'SSL_CERT_DIR'
  readonly written: string
}

/** An authority as it was when it was looked at. */
export type Authority = NamedAuthority & {
  /** Absolute. */
  readonly path: string
  /** SHA-256 of the file, or of the names in the folder; or why it could not be read. */
  readonly mark: string
}

/** Makes a path absolute from where the person stands. */
export type Resolve = (path: string) => string

/** The authorities that the environment and a profile name. `AWS_CA_BUNDLE` goes before the profile's. */
export function namedAuthorities(env: Env, profile: ProfileConnection): readonly NamedAuthority[] {
  const bundle = env.AWS_CA_BUNDLE ? undefined : profile.caBundle
  const named = [
    ['AWS_CA_BUNDLE', env.AWS_CA_BUNDLE],
    ['ca_bundle', bundle],
    ['NODE_EXTRA_CA_CERTS', env.NODE_EXTRA_CA_CERTS],
    // These count where the system's authorities do, which some builds of Node use unasked.
    ['SSL_CERT_FILE', env.SSL_CERT_FILE],
    ['SSL_CERT_DIR', env.SSL_CERT_DIR],
  ] as const
  return named.flatMap(([by, written]) => (written ? [{ by, written }] : []))
}

/** Looks at an authority. A file that cannot be read is no failure here: it is another fact about it. */
export function lookAt({ by, written }: NamedAuthority, resolve: Resolve): Authority {
  if (by !== 'SSL_CERT_DIR') {
    const path = resolve(written)
    return { by, written, path, mark: markOf(() => readFileSync(path)) }
  }
  // As the OpenSSL of this very process does.
  const folders = written.split(delimiter).map((folder) => resolve(folder))
  const marks = folders.map((folder) => markOf(() => readdirSync(folder).sort().join('\n')))
  return { by, written, path: folders.join(delimiter), mark: marks.join(' ') }
}

/** Whether authorities are still the very ones that they were. */
export const areStill = (authorities: readonly Authority[], resolve: Resolve): boolean =>
  JSON.stringify(authorities.map((one) => lookAt(one, resolve))) === JSON.stringify(authorities)

/** What a file with such content is known by. */
export const markOfContent = (content: string | Buffer): string => hash('sha256', content, 'hex')

function markOf(read: () => string | Buffer): string {
  try {
    return markOfContent(read())
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code ?? 'unreadable'
  }
}
