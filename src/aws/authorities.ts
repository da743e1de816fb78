// The authorities that vouch for AWS besides, or instead of, those that Node brings along. What was got through one is
// AWS's word only as far as that one goes, so it is known by its content: a path may be another file tomorrow, or in
// another folder. Nothing is read where nothing is named.

import { hash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { printable, SentinelError } from '../base/index.ts'
import type { ProfileConnection } from './endpoints.ts'
import type { Env } from './types.ts'

/** Who names an authority, and the path as it is written there. */
export type NamedAuthority = {
  readonly by: 'AWS_CA_BUNDLE' | 'ca_bundle' | 'NODE_EXTRA_CA_CERTS' | 'SSL_CERT_FILE' | 'SSL_CERT_DIR'
  readonly written: string
}

/** An authority as it was when this process first looked at it. */
export type Authority = NamedAuthority & {
  /** Absolute. */
  readonly path: string
  /**
   * SHA-256 of the file; of a folder: of the names in it, and of what the file system says of each, since it may hold
   * hundreds of files, and large ones that nobody reads. Or why it could not be read.
   */
  readonly mark: string
  /** What stood in the file. Not in its JSON. */
  content?(): Buffer | undefined
}

/** What looking at authorities needs. */
export type AuthorityDeps = {
  /** Makes a path absolute from where the person stands. */
  resolve(path: string): string
  /**
   * Those that this process has looked at. Node reads a file once and then goes by what it read, so the same is done here:
   * one that changes meanwhile is another one for other processes only.
   */
  readonly authorities: Map<string, Authority>
}

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

/**
 * Looks at an authority. A file that cannot be read is no failure here: it is another fact about it.
 *
 * @throws SentinelError CONFIG_INVALID for a pipe or a device: nobody can know what Node read of it
 */
export function lookAt(named: NamedAuthority, deps: AuthorityDeps): Authority {
  const key = JSON.stringify(named)
  const found = deps.authorities.get(key) ?? look(named, deps)
  deps.authorities.set(key, found)
  return found
}

/** The same authorities, looked at by this process; undefined where one is not what it was. */
export function stillThere(
  authorities: readonly Authority[],
  deps: AuthorityDeps,
): readonly Authority[] | undefined {
  const found = authorities.map(({ by, written }) => lookAt({ by, written }, deps))
  return JSON.stringify(found) === JSON.stringify(authorities) ? found : undefined
}

/** Whether an authority is in its place as it was when this process first looked at it. */
export const isUnchanged = ({ by, path, mark }: Authority): boolean =>
  look({ by, written: path }, { resolve: (absolute) => absolute }).mark === mark

function look({ by, written }: NamedAuthority, { resolve }: Pick<AuthorityDeps, 'resolve'>): Authority {
  if (by === 'SSL_CERT_DIR') {
    // As the OpenSSL of this very process does.
    const folders = written.split(delimiter).map((folder) => resolve(folder))
    const marks = folders.map((folder) => read(() => listing(folder)).mark)
    return { by, written, path: folders.join(delimiter), mark: marks.join(' ') }
  }
  const path = resolve(written)
  refusePipe(by, path)
  const { content, mark } = read(() => readFileSync(path))
  return { by, written, path, mark, content: () => content }
}

/** What stands in a folder. Nothing is written into a file, or put in its place, without a trace in this. */
function listing(folder: string): Buffer {
  const names = readdirSync(folder).sort()
  return Buffer.from(JSON.stringify(names.map((name) => [name, traceOf(join(folder, name))])))
}

function traceOf(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
  } catch (thrown) {
    return codeOf(thrown)
  }
}

function refusePipe(by: string, path: string): void {
  if (!isPipe(path)) return
  throw new SentinelError('CONFIG_INVALID', `${by} names \`${printable(path)}\`, a pipe or a device`, {
    hint: 'write the certificate authorities into a file, and name that: an authority is known by its content',
  })
}

function isPipe(path: string): boolean {
  try {
    const kind = statSync(path)
    return !kind.isFile() && !kind.isDirectory()
  } catch {
    // Reading it says why.
    return false
  }
}

function read(all: () => Buffer): { readonly content?: Buffer; readonly mark: string } {
  try {
    const content = all()
    return { content, mark: hash('sha256', content, 'hex') }
  } catch (thrown) {
    return { mark: codeOf(thrown) }
  }
}

const codeOf = (thrown: unknown): string => (thrown as NodeJS.ErrnoException).code ?? 'unreadable'
