// The ACL policies of a server: their texts in the storage, what they mean in memory. What a holder may do is made once
// for each set of policies and each version of who holds it, and thrown away when any policy changes.
//
// INVARIANT: whoever holds a policy that cannot be read may do nothing: it may have been the one that denies.

import { SentinelError } from '../../base/index.ts'
import {
  type Acl,
  type AclPolicy,
  aclComplaint,
  compileAcl,
  defaultPolicyText,
  parseAcl,
  responseWrappingPolicyText,
  rootPolicy,
  type TemplateIdentity,
} from '../../policy/index.ts'
import { everyEntry, type Kv } from '../../store/index.ts'

/** Who a template speaks of, and which state of them: another version makes another ACL. No two have the same. */
type VersionedIdentity = TemplateIdentity & { readonly version: number }

export interface Policies {
  /** The text as it was written; that of `root` is empty. */
  read(name: string): string | undefined
  /** Sorted. The policy of wrapping tokens is not told of. */
  names(): readonly string[]
  /** @throws SentinelError REQUEST_INVALID where the text is no policy, pointing at the line, or the policy is fixed */
  write(name: string, text: string): Promise<void>
  /** @throws SentinelError REQUEST_INVALID where the policy is fixed */
  remove(name: string): Promise<void>
  /** Those that are stored and cannot be read any more, with what is wrong: another version wrote them, or a damaged disk. */
  unreadable(): ReadonlyMap<string, string>
  /** Whether a name means anything. */
  exists(name: string): boolean
  /** What these policies give together. A name that means nothing gives nothing; one that cannot be read takes all. */
  acl(names: readonly string[], who: VersionedIdentity | undefined, nowMs: number): Acl
}

/** ACLs in memory, at most: each is some kilobytes. */
const maxAcls = 4096

type Kept = { readonly text: string; readonly policy: AclPolicy | { readonly complaint: string } }

const wrapping = 'response-wrapping'

/** Reads all policies of the storage; the first time, writes those that every server has. */
export async function openPolicies(kv: Kv): Promise<Policies> {
  const kept = new Map<string, Kept>([
    ['root', { text: '', policy: rootPolicy }],
    [wrapping, { text: responseWrappingPolicyText, policy: meaningOf(wrapping, responseWrappingPolicyText) }],
  ])
  const acls = new Map<string, Acl>()
  // The names are the same list as long as their token is remembered.
  let byNames = new WeakMap<readonly string[], { readonly version: number | undefined; readonly acl: Acl }>()
  const forget = () => {
    acls.clear()
    byNames = new WeakMap()
  }
  const keep = (name: string, text: string): void => {
    kept.set(name, { text, policy: read(name, text) })
    forget()
  }
  const write = async (name: string, text: string): Promise<void> => {
    meaningOf(name, text)
    await kv.batch([{ kind: 'put', key: name, value: Buffer.from(text), expected: 'anything' }])
    keep(name, text)
  }
  for await (const { key, value } of everyEntry(kv, '')) keep(key, Buffer.from(value).toString())
  if (!kept.has('default')) await write('default', defaultPolicyText)
  return {
    read: (name) => kept.get(name)?.text,
    unreadable: () =>
      new Map(
        [...kept].flatMap(([name, { policy }]) =>
          'complaint' in policy ? [[name, placesIn(policy.complaint)] as const] : [],
        ),
      ),
    names: () => [...kept.keys()].filter((name) => name !== wrapping).sort(),
    exists: (name) => kept.has(name),
    async write(name, text) {
      if (name === 'root' || name === wrapping) throw fixed('update', name)
      await write(name, text)
    },
    async remove(name) {
      if (name === 'default') throw new SentinelError('REQUEST_INVALID', 'cannot delete default policy')
      if (name === 'root' || name === wrapping) throw fixed('delete', name)
      await kv.batch([{ kind: 'delete', key: name, expected: 'anything' }])
      kept.delete(name)
      forget()
    },
    acl(names, who, nowMs) {
      const version = who?.version
      const near = byNames.get(names)
      if (near !== undefined && near.version === version && near.acl.validUntilMs > nowMs) return near.acl
      const key = JSON.stringify([names, version])
      const known = acls.get(key)
      if (known !== undefined && known.validUntilMs > nowMs) {
        byNames.set(names, { version, acl: known })
        return known
      }
      const acl = compileAcl(readable(names.flatMap((name) => kept.get(name)?.policy ?? [])), who, nowMs)
      if (acls.size === maxAcls) acls.clear()
      acls.set(key, acl)
      return acl
    },
  }
}

function read(name: string, text: string): Kept['policy'] {
  const source = { name, text }
  const { policy, diagnostics } = parseAcl(source, name)
  return policy ?? { complaint: aclComplaint(source, diagnostics) }
}

function meaningOf(name: string, text: string): AclPolicy {
  const policy = read(name, text)
  if (!('complaint' in policy)) return policy
  const { complaint } = policy
  throw new SentinelError('REQUEST_INVALID', complaint, { forLogs: placesIn(complaint) })
}

/** A complaint without the lines of the policy: a secret may have been pasted into them. */
function placesIn(complaint: string): string {
  const places = [...complaint.matchAll(/\((line \d+, column \d+)\)$/gm)].map(([, place]) => place)
  return `failed to parse policy: ${places.join('; ')}`
}

/** All of them, or none where one cannot be read. */
function readable(policies: readonly Kept['policy'][]): readonly AclPolicy[] {
  return policies.some((policy) => 'complaint' in policy) ? [] : (policies as readonly AclPolicy[])
}

const fixed = (what: string, name: string) =>
  new SentinelError('REQUEST_INVALID', `cannot ${what} "${name}" policy`)
