// Reference model of how a request is decided: ACL, then RGP, then EGP. Numbers in brackets are sections of spec/vault.md,
// "D18" is a decision. Written from the text only, to be obvious rather than fast. Where the text leaves a choice: "CHOICE".

/** A namespace is '' (root) or 'a/b/': never a leading, always a trailing slash. */
export type Ns = string
export type Operation = 'create' | 'read' | 'update' | 'delete' | 'list'
export type Level = 'advisory' | 'soft-mandatory' | 'hard-mandatory'
export type Rule = { path: string; capabilities: string[] }
/** What a Sentinel policy may look at. For a foreign RGP (D18) only path, operation and identity are set. */
export type Seen = {
  path: string
  operation: Operation
  entity: Entity | undefined
  groups: Group[]
  namespace?: Ns
  override?: boolean
  unauthenticated?: boolean
  token?: Token | undefined
}
/** Only `true` passes; false, undefined, 'error' and a throw fail alike [1.3]. */
export type Verdict = boolean | undefined | 'error' | ((seen: Seen) => boolean | undefined | 'error')
export type Named = { namespace: Ns; name: string }
export type Governing = Named & { level: Level; verdict: Verdict }
export type Egp = Governing & { paths: string[] }
export type Token = { namespace: Ns; policies: string[]; entity?: string; valid?: boolean } // valid: false = expired, used up, wrong CIDR
export type Entity = Named & { id: string; policies: string[] }
export type Group = Named & { id: string; policies: string[]; entities: string[]; groups: string[] } // members, by id
export type World = {
  namespaces: Ns[] // must hold '' and every parent
  mounts: { namespace: Ns; path: string; type: string }[] // 'auth/up/' 'userpass', 'pki/' 'pki'; sys, identity, auth/token are implied
  aclPolicies: (Named & { rules: Rule[] })[]
  rgps: Governing[]
  egps: Egp[]
  tokens: Record<string, Token>
  entities: Entity[]
  groups: Group[]
}
export type Asked = {
  namespace?: string // the header as sent
  path: string // as on the wire after /v1/, still percent-encoded
  operation: Operation // after the existence check [4.2]
  token?: string
  override: boolean
}
export type Decision = {
  allowed: boolean
  status: 200 | 400 | 403 | 404
  by: 'request' | 'namespace' | 'token' | 'root' | 'acl' | 'rgp' | 'egp' | 'all'
  failed: string[] // the policies that denied, 'rgp root/x', 'egp a/b/y', in order of evaluation
  overridden: string[]
  advisory: string[] // failed, but let through
}
// [1.4] unauthenticated, but EGPs apply
const OPEN = ['sys/internal/ui/mounts', 'sys/internal/ui/mounts/*', 'sys/wrapping/lookup']
const OPEN_IN: Record<string, string[]> = { userpass: ['login/*'], approle: ['login'] }
// [4.8] root-protected
const SUDO = ['sys/auth/*', 'sys/audit', 'sys/audit/*', 'sys/rotate', 'sys/leases', 'auth/token/accessors*']

export function decide(world: World, asked: Asked): Decision {
  const answer = (
    by: Decision['by'],
    status: Decision['status'],
    more: Partial<Decision> = {},
  ): Decision => ({ allowed: status === 200, status, by, failed: [], overridden: [], advisory: [], ...more })
  const path = cleaned(asked.path, asked.operation)
  if (path === undefined) return answer('request', 400) // [1.7] [11.2]
  // Canonical namespace and relative path, once, for everything below [1.7]; header + path, longest namespace wins [6.1]
  const header = (asked.namespace ?? '').replace(/^\/+|\/+$/g, '')
  const base = header === '' || header === 'root' ? '' : `${header}/`
  if (!world.namespaces.includes(base)) return answer('namespace', 404)
  const ns = world.namespaces
    .filter((one) => `${base}${path}/`.startsWith(one))
    .reduce((longest, one) => (one.length > longest.length ? one : longest), '')
  const local = (base + path).slice(ns.length)
  const open = listed(world, ns, local, OPEN, OPEN_IN)
  const token = tokenIn(world, ns, asked.token)
  if (!token && !open) return answer('token', 403)
  const who = { token, entity: world.entities.find((one) => one.id === token?.entity), open }
  const groups = groupsOf(world, who.entity)
  const held = token ? heldBy(token, who.entity, groups) : []
  if (isRoot(token, held)) return answer('root', 200)
  // [1.5] on an open path the ACL is not enforced
  if (!open && !isGranted(world, held, ns, local, asked)) return answer('acl', 403)
  return governed(world, { ...who, groups, held, ns, local, asked }, answer)
}
/** [1.2] The merged set is exactly root. CHOICE: the token itself must carry it. */
const isRoot = (token: Token | undefined, held: Held[]) =>
  token?.policies.includes('root') === true &&
  held.every((one) => one.name === 'root' && one.namespace === token.namespace)
/** Valid in its own namespace and below [1.2] [1.6], and its entity is there [1.2]. [1.5] On an open path another is none. */
function tokenIn(world: World, ns: Ns, name: string | undefined): Token | undefined {
  const sent = name === undefined ? undefined : world.tokens[name]
  const isKnown = sent?.entity === undefined || world.entities.some((one) => one.id === sent.entity)
  return sent && sent.valid !== false && ns.startsWith(sent.namespace) && isKnown ? sent : undefined
}
type Case = {
  token: Token | undefined
  entity: Entity | undefined
  open: boolean
  groups: Group[]
  held: Held[]
  ns: Ns
  local: string
  asked: Asked
}
function governed(
  world: World,
  { token, entity, open, groups, held, ns, local, asked }: Case,
  answer: (by: Decision['by'], status: Decision['status'], more?: Partial<Decision>) => Decision,
): Decision {
  const { override } = asked
  const facts = { operation: asked.operation, entity, groups }
  const more = { namespace: ns, override, unauthenticated: open, token }
  // [2 D] the path is relative to the policy's namespace; CHOICE: where the request lies outside of it, to the request's
  const pathFor = (home: Ns) => (ns.startsWith(home) ? (ns + local).slice(home.length) : local)
  const refused = open ? 400 : 403 // [1.5] codes of a policy denial
  // [1.6] RGPs of the token, also on open paths when it is known [1.5]. An ACL of the same name comes first [1.1].
  const rgps = world.rgps.filter(
    (rgp) => held.some((one) => same(one, rgp)) && !world.aclPolicies.some((acl) => same(acl, rgp)),
  )
  const foreign = (rgp: Governing) => held.filter((one) => same(one, rgp)).every((one) => one.foreign) // D18: sees less
  const first = evaluate('rgp', rgps, override, (rgp) => ({
    path: pathFor(rgp.namespace),
    ...facts,
    ...(foreign(rgp) ? {} : more),
  }))
  if (first.failed.length > 0) return answer('rgp', refused, first) // [1.2 D] EGPs do not run then
  // [1.7] EGPs of the namespace and of every ancestor: exact path and every prefix, each once
  const egps = world.egps.filter(
    (egp) =>
      ns.startsWith(egp.namespace) &&
      egp.paths.some((pattern) => governs(pattern, pathFor(egp.namespace), asked.operation)),
  )
  const second = evaluate('egp', egps, override, (egp) => ({
    path: pathFor(egp.namespace),
    ...facts,
    ...more,
  }))
  const passed = {
    overridden: [...first.overridden, ...second.overridden],
    advisory: [...first.advisory, ...second.advisory],
  }
  if (second.failed.length > 0) return answer('egp', refused, { failed: second.failed, ...passed })
  return answer('all', 200, passed)
}
/** [1.3] all policies of a step are evaluated, in order of namespace depth, then name [1.2 D]; CHOICE: then namespace. */
function evaluate<P extends Governing>(
  kind: string,
  policies: P[],
  override: boolean,
  seenBy: (policy: P) => Seen,
) {
  const result = { failed: [] as string[], overridden: [] as string[], advisory: [] as string[] }
  const before = <T>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0)
  const depth = (policy: P) => policy.namespace.split('/').length
  for (const policy of [...policies].sort(
    (a, b) => depth(a) - depth(b) || before(a.name, b.name) || before(a.namespace, b.namespace),
  )) {
    try {
      if ((typeof policy.verdict === 'function' ? policy.verdict(seenBy(policy)) : policy.verdict) === true)
        continue
    } catch {} // a runtime error is a failure like any other [1.3]
    const list =
      policy.level === 'advisory'
        ? 'advisory'
        : policy.level === 'soft-mandatory' && override
          ? 'overridden'
          : 'failed'
    result[list].push(`${kind} ${policy.namespace || 'root/'}${policy.name}`)
  }
  return result
}
/** [1.7] `*` only as the last character; `+` is literal; a LIST matches exact entries with and without its slash. */
function governs(pattern: string, path: string, operation: Operation): boolean {
  const entry = pattern.replace(/^\/+/, '')
  if (entry.endsWith('*')) return path.startsWith(entry.slice(0, -1))
  return entry === path || (operation === 'list' && entry === unslashed(path))
}
type Held = Named & { foreign: boolean }
const same = (a: Named, b: Named) => a.namespace === b.namespace && a.name === b.name
/** [1.6] the names and the namespaces in which they are looked up. */
function heldBy(token: Token, entity: Entity | undefined, groups: Group[]): Held[] {
  const named = (namespace: Ns, names: string[], foreign: boolean) =>
    names.map((name) => ({ namespace, name, foreign }))
  const byGroup = groups.flatMap((group) =>
    named(group.namespace, group.policies, !(entity?.namespace ?? '').startsWith(group.namespace)),
  )
  return [
    ...named(token.namespace, token.policies, false),
    ...named(entity?.namespace ?? '', entity?.policies ?? [], false),
    ...byGroup,
  ]
}
/** [1.6] directly or through parent groups */
function groupsOf(world: World, entity: Entity | undefined): Group[] {
  const found = world.groups.filter((group) => entity !== undefined && group.entities.includes(entity.id))
  for (const inner of found)
    found.push(...world.groups.filter((outer) => outer.groups.includes(inner.id) && !found.includes(outer))) // grows as it runs
  return found
}

// ---- ACL [4] ----
function isGranted(world: World, held: Held[], ns: Ns, local: string, asked: Asked): boolean {
  const rules = new Map<string, string[]>()
  for (const { namespace, rules: blocks } of world.aclPolicies.filter((acl) =>
    held.some((one) => same(one, acl)),
  ))
    for (const block of blocks) {
      const pattern = namespace + block.path.replace(/^\//, '') // [4.3]
      rules.set(pattern, [...(rules.get(pattern) ?? []), ...block.capabilities]) // [4.7]
    }
  const rule = chosen(rules, ns + local, asked.operation === 'list')
  if (!rule?.includes(asked.operation) || rule.includes('deny')) return false // [4.2]
  return !rootProtected(world, ns, local) || rule.includes('sudo') // [4.8]
}
/** [4.4] only one pattern decides */
function chosen(rules: Map<string, string[]>, path: string, list: boolean): string[] | undefined {
  const bare = unslashed(path)
  const exact = (p: string) => (isGlob(p) || isSegmented(p) ? undefined : rules.get(p))
  // Every matching prefix takes part; the longest is the highest of them by the first criterion.
  const best = (...paths: string[]) =>
    [...rules]
      .filter(([one]) => (isGlob(one) || isSegmented(one)) && paths.some((p) => matches(one, p)))
      .sort(([a], [b]) => compare(a, b))
      .at(-1)?.[1]
  if (!list) return exact(path) ?? best(path)
  const top = best(path, bare) // [11.5] a LIST slips past no deny that is more specific
  return exact(path) ?? exact(bare) ?? (top?.includes('deny') ? top : (best(path) ?? best(bare)))
}
const isGlob = (pattern: string) => pattern.endsWith('*')
const isSegmented = (pattern: string) => pattern === '+' || pattern.startsWith('+/') || pattern.includes('/+') // [4.3]
const body = (pattern: string) => (isGlob(pattern) ? pattern.slice(0, -1) : pattern)
const unslashed = (path: string) => path.replace(/\/$/, '')
/** [4.3] */
function matches(pattern: string, path: string): boolean {
  if (!isSegmented(pattern)) return isGlob(pattern) ? path.startsWith(body(pattern)) : path === pattern
  const want = body(pattern).split('/')
  const have = path.split('/')
  if (isGlob(pattern) ? have.length < want.length : have.length !== want.length) return false
  return want.every(
    (part, i) =>
      part === '+' ||
      part === have[i] ||
      (isGlob(pattern) && i === want.length - 1 && have[i]?.startsWith(part) === true),
  )
}
/** [4.4] negative: x is lower. CHOICE: literal `+` and `*` inside a segment are no wildcards here. */
function compare(x: string, y: string): number {
  const wilds = (p: string) => p.split('/').filter((part) => part === '+').length
  const first = (p: string) => {
    // position of the first bare + segment, else of the trailing *
    const plus = `/${p}/`.indexOf('/+/')
    return plus >= 0 ? plus : isGlob(p) ? p.length - 1 : Number.MAX_SAFE_INTEGER
  }
  return (
    first(x) - first(y) ||
    Number(isGlob(y)) - Number(isGlob(x)) ||
    wilds(y) - wilds(x) ||
    body(x).length - body(y).length ||
    (x < y ? -1 : 1)
  )
}
function listed(
  world: World,
  ns: Ns,
  local: string,
  always: string[],
  byType: Record<string, string[]>,
): boolean {
  return (
    always.some((pattern) => matches(pattern, local)) ||
    world.mounts.some(
      (mount) =>
        mount.namespace === ns &&
        local.startsWith(mount.path) &&
        (byType[mount.type] ?? []).some((pattern) => matches(pattern, local.slice(mount.path.length))),
    )
  )
}
/** [4.8] with and without the slash of a LIST; CHOICE: `sys/auth` itself is not protected, not even as LIST */
const rootProtected = (world: World, ns: Ns, local: string) =>
  unslashed(local) !== 'sys/auth' &&
  [local, unslashed(local)].some((path) => listed(world, ns, path, SUDO, {}))
/** [1.7] decoded once, collapsing nothing; [11.2] bad segments are refused. A LIST ends in one slash [1.7]. */
function cleaned(raw: string, operation: Operation): string | undefined {
  let path: string
  try {
    path = decodeURIComponent(raw.replace(/^\//, ''))
  } catch {
    return undefined
  }
  if (
    path !== '' &&
    unslashed(path)
      .split('/')
      .some((part) => ['', '.', '..'].includes(part) || /\p{Cc}/u.test(part))
  )
    return undefined
  return operation === 'list' && !path.endsWith('/') ? `${path}/` : path
}
