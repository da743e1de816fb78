// Writing and reading ACL policies, by the new paths and by the old (spec/vault.md 3.1, 3.2, 3.5).

import { SentinelError } from '../../../base/index.ts'
import type { Policies } from '../../core/policies.ts'
import type { Response } from '../../door.ts'
import { type Call, type Path, path } from '../path.ts'
import { convertedTo, decoded, nameIn, type PolicyMountDeps, requireFree } from './policy-names.ts'

type Deps = PolicyMountDeps

const text = { type: 'string', help: 'the policy: HCL or JSON, as it is or in base64' } as const

/** `sys/policies/acl` and `sys/policy`. */
export function policyPaths(deps: Deps): readonly Path[] {
  const { policies } = deps
  return [
    path({
      pattern: 'policies/acl',
      summary: 'Lists the ACL policies',
      fields: {},
      operations: { list: () => ({ data: { keys: policies.names() } }) },
    }),
    path({
      pattern: 'policies/acl/:name+',
      anyCase: ['name'],
      summary: 'Reads, writes and deletes an ACL policy',
      fields: { policy: text },
      operations: {
        read: (_, { params }) => readPolicy(policies, nameIn(params), 'policy'),
        write: (_, call) => writePolicy(deps, call, call.fields.policy),
        async delete(_, { params }) {
          await policies.remove(nameIn(params))
          return {}
        },
      },
    }),
    path({
      pattern: 'policy',
      summary: 'Lists the ACL policies, as older clients ask for them',
      fields: {},
      operations: { read: () => oldList(policies), list: () => oldList(policies) },
    }),
    path({
      pattern: 'policy/:name+',
      anyCase: ['name'],
      summary: 'Reads, writes and deletes an ACL policy, as older clients do',
      fields: { policy: text, rules: { type: 'string', help: 'the same as `policy`, which replaces it' } },
      operations: {
        read: (_, { params }) => ({
          ...readPolicy(policies, nameIn(params), 'rules'),
          isAlsoTopLevel: true,
        }),
        async write(_, call) {
          const { policy, rules } = call.fields
          const written = await writePolicy(deps, call, policy ?? rules)
          if (policy !== undefined || rules === undefined) return written
          return { warnings: ["'rules' is deprecated: send 'policy' instead", ...(written.warnings ?? [])] }
        },
        async delete(_, { params }) {
          await policies.remove(nameIn(params))
          return {}
        },
      },
    }),
  ]
}

function oldList(policies: Policies): Response {
  const names = policies.names()
  return { data: { keys: names, policies: names }, isAlsoTopLevel: true }
}

function readPolicy(policies: Policies, name: string, member: 'policy' | 'rules'): Response {
  const found = policies.read(name)
  return found === undefined ? { status: 404 } : { data: { name, [member]: found } }
}

async function writePolicy(
  { policies, governing, oneAtATime }: Deps,
  { params, request }: Pick<Call, 'params' | 'request'>,
  policy: string | undefined,
): Promise<Response> {
  const name = nameIn(params)
  if (policy === undefined || policy === '')
    throw new SentinelError('REQUEST_INVALID', "'policy' parameter not supplied or empty")
  await oneAtATime(() => {
    requireFree(name, 'rgp', governing.read('rgp', name) !== undefined)
    return policies.write(name, decoded(policy))
  })
  return request.path.endsWith(`/${name}`) ? {} : { warnings: [convertedTo(name)] }
}
