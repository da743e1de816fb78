// Writing and reading governing policies (spec/vault.md 3.3, 3.4).

import { SentinelError } from '../../../base/index.ts'
import { type GoverningKind, type Level, levels, type WrittenPolicy } from '../../../policy/index.ts'
import type { Data, Response } from '../../door.ts'
import { type Call, type Path, path } from '../path.ts'
import { convertedTo, decoded, nameIn, type PolicyMountDeps, requireFree } from './policy-names.ts'

const fields = {
  policy: { type: 'string', help: 'the policy in the Sentinel language, as it is or in base64' },
  enforcement_level: { type: 'string', help: `what it means when it does not pass: ${levels.join(', ')}` },
} as const
const endpointFields = {
  ...fields,
  paths: { type: 'list', help: 'the paths that it governs; a `*` at the end stands for any rest' },
} as const

/** `sys/policies/rgp` and `sys/policies/egp`. */
export function governingPaths(deps: PolicyMountDeps): readonly Path[] {
  const { governing } = deps
  const common = (kind: GoverningKind) => ({
    read: (_: unknown, { params }: Pick<Call, 'params'>) => readPolicy(governing.read(kind, nameIn(params))),
    async delete(_: unknown, { params }: Pick<Call, 'params'>): Promise<Response> {
      await deps.oneAtATime(() => governing.remove(kind, nameIn(params)))
      return {}
    },
  })
  return [
    path({
      pattern: 'policies/rgp',
      summary: 'Lists the policies that govern roles',
      fields: {},
      operations: { list: () => listed(governing.names('rgp')) },
    }),
    path({
      pattern: 'policies/rgp/:name+',
      anyCase: ['name'],
      summary: 'Reads, writes and deletes a policy that governs whoever it is given to',
      fields,
      operations: {
        ...common('rgp'),
        write: (_, call) => write(deps, call, { kind: 'rgp', paths: [] }),
      },
    }),
    path({
      pattern: 'policies/egp',
      summary: 'Lists the policies that govern paths',
      fields: {},
      operations: { list: () => listed(governing.names('egp'), pathMapOf(deps)) },
    }),
    path({
      pattern: 'policies/egp/:name+',
      anyCase: ['name'],
      summary: 'Reads, writes and deletes a policy that governs paths',
      fields: endpointFields,
      operations: {
        ...common('egp'),
        write: (_, call) => write(deps, call, { kind: 'egp', paths: call.fields.paths ?? [] }),
      },
    }),
  ]
}

const listed = (keys: readonly string[], more: Data = {}): Response =>
  keys.length === 0 ? { status: 404 } : { data: { keys, ...more } }

/** Which policy governs which paths. */
function pathMapOf({ governing }: PolicyMountDeps): Data {
  const map = governing.names('egp').map((name) => [name, governing.read('egp', name)?.paths ?? []] as const)
  return { name_path_map: Object.assign(Object.create(null), Object.fromEntries(map)) }
}

function readPolicy(found: WrittenPolicy | undefined): Response {
  if (found === undefined) return { status: 404 }
  const { kind, name, level, paths, text } = found
  return { data: { name, policy: text, enforcement_level: level, ...(kind === 'egp' && { paths }) } }
}

type Sent = { readonly policy?: string | undefined; readonly enforcement_level?: string | undefined }

async function write(
  { governing, policies, oneAtATime, exempt }: PolicyMountDeps,
  { params, request, fields: sent }: Pick<Call, 'params' | 'request'> & { readonly fields: Sent },
  { kind, paths }: Pick<WrittenPolicy, 'kind' | 'paths'>,
): Promise<Response> {
  const name = nameIn(params)
  if (sent.policy === undefined || sent.policy === '')
    throw invalid("'policy' parameter not supplied or empty")
  const level = levelIn(sent.enforcement_level)
  const text = decoded(sent.policy)
  const warnings = await oneAtATime(() => {
    if (kind === 'rgp') requireFree(name, 'acl', isAcl(policies, name))
    return governing.write({ kind, name, level, paths, text })
  })
  const converted = request.path.endsWith(`/${name}`) ? [] : [convertedTo(name)]
  const all = [...converted, ...ungovernedIn(paths, exempt), ...warnings]
  return all.length === 0 ? {} : { warnings: all }
}

/** What answers outside of all policies, where somebody seems to mean just that. */
function ungovernedIn(paths: readonly string[], exempt: PolicyMountDeps['exempt']): readonly string[] {
  return paths.flatMap((written) => {
    const path = written.replace(/^\/+/, '')
    const beginning = path.endsWith('*') ? path.slice(0, -1) : undefined
    // Whoever writes these means everything else.
    if (beginning === '' || beginning === 'sys/') return []
    const meant = exempt.filter((each) =>
      beginning === undefined ? each === path : each.startsWith(beginning),
    )
    return meant.map(
      (each) => `no policy governs ${each}: it answers while the server is sealed, or to shares of its key`,
    )
  })
}

/** Also those that nobody may write. */
const isAcl = (policies: PolicyMountDeps['policies'], name: string) => policies.exists(name)

function levelIn(text: string | undefined): Level {
  if (text === undefined || text === '') throw invalid('missing enforcement level')
  const level = levels.find((each) => each === text)
  if (level === undefined) throw invalid(`invalid enforcement level "${text}"`)
  return level
}

const invalid = (message: string) => new SentinelError('REQUEST_INVALID', message)
