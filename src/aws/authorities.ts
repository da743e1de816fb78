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
   * SHA-256 of the file; of folders: of the names of their files and of what stands in each. Or why it could not be read.
   */
  readonly mark: string
  /** What stood in the file, or in those files of the folders that OpenSSL would find. Not in its JSON. */
  content?(): readonly Buffer[] | undefined
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

/**
 * The authorities that the environment and a profile name. `AWS_CA_BUNDLE` goes before the profile's. Those of the system
 * are in it where Node uses them, and only there.
 */
export function namedAuthorities(env: Env, profile: ProfileConnection): readonly NamedAuthority[] {
  const bundle = env.AWS_CA_BUNDLE ? undefined : profile.caBundle
  const { store } = systemStore(env)
  const ofSystem: Env = store === 'own' ? {} : store === 'openssl' ? { ...openssl, ...env } : env
  const named = [
    ['AWS_CA_BUNDLE', env.AWS_CA_BUNDLE],
    ['ca_bundle', bundle],
    ['NODE_EXTRA_CA_CERTS', env.NODE_EXTRA_CA_CERTS],
    ['SSL_CERT_FILE', ofSystem.SSL_CERT_FILE],
    ['SSL_CERT_DIR', ofSystem.SSL_CERT_DIR],
  ] as const
  return named.flatMap(([by, written]) => (written ? [{ by, written }] : []))
}

// Where the OpenSSL of Node's own builds looks if nothing is said.
const openssl = { SSL_CERT_FILE: '/etc/ssl/cert.pem', SSL_CERT_DIR: '/etc/ssl/certs' }

/**
 * Whose authorities Node goes by: its own, its own and the system's as Node finds them, or the system's as OpenSSL does.
 */
export type Store = 'own' | 'system' | 'openssl'

/** Which store Node was told to use, and by which words. */
export function systemStore({ NODE_USE_SYSTEM_CA, NODE_OPTIONS = '' }: Env): {
  readonly store: Store
  readonly switches: readonly string[]
} {
  const system = NODE_USE_SYSTEM_CA === '1' ? ['NODE_USE_SYSTEM_CA'] : []
  // Node takes `_` for `-` in its options.
  const options = (NODE_OPTIONS.match(/--use[-_](?:openssl|system)[-_]ca\b/g) ?? []).map((one) =>
    one.replaceAll('_', '-'),
  )
  const switches = [...system, ...options]
  const isOpenssl = options.includes('--use-openssl-ca')
  return { store: isOpenssl ? 'openssl' : switches.length > 0 ? 'system' : 'own', switches }
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
    // As the OpenSSL of this very process divides them.
    const folders = written.split(delimiter).map((folder) => resolve(folder))
    const found = folders.map(readFolder)
    return {
      by,
      written,
      path: folders.join(delimiter),
      mark: found.map(({ mark }) => mark).join(' '),
      content: () => found.flatMap(({ content }) => content),
    }
  }
  const path = resolve(written)
  refusePipe(by, path)
  const { content, mark } = read(path)
  return { by, written, path, mark, content: () => content && [content] }
}

/** What stands in a folder, read at once. */
function readFolder(folder: string): { readonly content: readonly Buffer[]; readonly mark: string } {
  try {
    // A pipe would be waited for, and vouches for nobody.
    const names = readdirSync(folder).sort()
    const files = names.flatMap((name) =>
      isPipe(join(folder, name)) ? [] : [{ name, ...read(join(folder, name)) }],
    )
    const marks = JSON.stringify(files.map(({ name, mark }) => [name, mark]))
    const content = files.flatMap((file) => (hashed.test(file.name) && file.content ? [file.content] : []))
    return { content, mark: hash('sha256', marks, 'hex') }
  } catch (thrown) {
    return { content: [], mark: codeOf(thrown) }
  }
}

// As `openssl rehash` names them: those that OpenSSL finds.
const hashed = /^[0-9a-f]{8}\.\d+$/

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

function read(path: string): { readonly content?: Buffer; readonly mark: string } {
  try {
    const content = readFileSync(path)
    return { content, mark: hash('sha256', content, 'hex') }
  } catch (thrown) {
    return { mark: codeOf(thrown) }
  }
}

const codeOf = (thrown: unknown): string => (thrown as NodeJS.ErrnoException).code ?? 'unreadable'
