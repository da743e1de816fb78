// The four policies, each as every engine writes it, and the requests that rotate. What one engine cannot say in its
// own words it is given in the fastest form that it has; where it has none it does not take part.

import { isIPv4 } from 'node:net'

/** One policy for all engines. The same request gives the same decision in each. */
export type PolicyCase = {
  readonly name: string
  readonly sentinel: string
  /** An expression of CEL. */
  readonly cel: string
  /** The condition of Cedar's only permit; absent where Cedar cannot say it. */
  readonly cedar?: string
  readonly byHand: (request: Fields) => boolean
  /** The request of a number; about every fourth is denied, most of these late. */
  readonly request: (number: number) => Fields
}

// biome-ignore lint/suspicious/noExplicitAny: what a program by hand would read without a second look
export type Fields = Readonly<Record<string, any>>

const pick = <T>(all: readonly T[], number: number): T => all[number % all.length] as T

/** Five comparisons. */
const comparisons: PolicyCase = {
  name: 'P1, five comparisons',
  sentinel: `
main = rule {
  request.operation is "update" and
  request.size < 1024 and
  request.ttl >= 60 and
  user.name is not "root" and
  user.level > 3
}`,
  cel: 'request.operation == "update" && request.size < 1024.0 && request.ttl >= 60.0 && user.name != "root" && user.level > 3.0',
  cedar:
    'context.request.operation == "update" && context.request.size < 1024 && context.request.ttl >= 60 && context.user.name != "root" && context.user.level > 3',
  byHand: ({ request, user }) =>
    request.operation === 'update' &&
    request.size < 1024 &&
    request.ttl >= 60 &&
    user.name !== 'root' &&
    user.level > 3,
  request: (number) => ({
    request: { operation: number % 16 === 0 ? 'read' : 'update', size: number, ttl: 60 + (number % 900) },
    user: { name: pick(['alice', 'bob', 'root', 'carol', 'dave'], number), level: 4 + (number % 5) },
  }),
}

/** A window of time and two memberships, in five rules. */
const membership: PolicyCase = {
  name: 'P2, time window and membership in five rules',
  sentinel: `
weekday = rule { now.weekday >= 1 and now.weekday <= 5 }
working_hours = rule { weekday and now.hour >= 8 and now.hour < 18 }
known_user = rule { user in ["alice", "bob", "carol", "dave", "erin", "frank", "oncall"] }
known_profile = rule { profile in ["dev", "staging", "prod"] }
main = rule { known_user and known_profile and (working_hours or user is "oncall") }`,
  cel: 'user in ["alice", "bob", "carol", "dave", "erin", "frank", "oncall"] && profile in ["dev", "staging", "prod"] && (now.weekday >= 1.0 && now.weekday <= 5.0 && now.hour >= 8.0 && now.hour < 18.0 || user == "oncall")',
  cedar:
    '["alice", "bob", "carol", "dave", "erin", "frank", "oncall"].contains(context.user) && ["dev", "staging", "prod"].contains(context.profile) && (context.now.weekday >= 1 && context.now.weekday <= 5 && context.now.hour >= 8 && context.now.hour < 18 || context.user == "oncall")',
  byHand: ({ user, profile, now }) =>
    users.has(user) &&
    profiles.has(profile) &&
    ((now.weekday >= 1 && now.weekday <= 5 && now.hour >= 8 && now.hour < 18) || user === 'oncall'),
  request: (number) => ({
    user: pick(['alice', 'bob', 'carol', 'oncall', 'erin', 'frank', 'mallory'], number),
    profile: pick(['dev', 'staging', 'prod'], number),
    now: { weekday: 1 + (number % 5), hour: number % 8 === 0 ? 20 : 8 + (number % 10) },
  }),
}
const users = new Set(['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'oncall'])
const profiles = new Set(['dev', 'staging', 'prod'])

/** CIDR, MFA, metadata and a regular expression, behind predicates. Cedar has `like` for the expression. */
const network: PolicyCase = {
  name: 'P3, CIDR, MFA, metadata and regex under `when`',
  sentinel: `
import "sockaddr"
inside = rule { sockaddr.is_contained("10.20.0.0/16", request.address) }
confirmed = rule when request.operation is "delete" { mfa.valid }
owned = rule when metadata.owner is defined { metadata.owner is "platform" }
named = rule when request.operation is not "list" { request.path matches "^secret/[a-z0-9-]+/config$" }
main = rule { inside and confirmed and owned and named }`,
  cel: 'inNetwork(request.address) && (request.operation != "delete" || mfa.valid) && (!has(metadata.owner) || metadata.owner == "platform") && (request.operation == "list" || request.path.matches("^secret/[a-z0-9-]+/config$"))',
  cedar:
    'ip(context.request.address).isInRange(ip("10.20.0.0/16")) && (context.request.operation != "delete" || context.mfa.valid) && (!(context.metadata has owner) || context.metadata.owner == "platform") && (context.request.operation == "list" || context.request.path like "secret/*/config")',
  byHand: ({ request, mfa, metadata }) =>
    inNetwork(request.address) &&
    (request.operation !== 'delete' || mfa.valid) &&
    (metadata.owner === undefined || metadata.owner === 'platform') &&
    (request.operation === 'list' || /^secret\/[a-z0-9-]+\/config$/.test(request.path)),
  request: (number) => ({
    request: {
      address: number % 16 === 0 ? '192.168.3.4' : `10.20.${number % 256}.${number % 199}`,
      operation: pick(['read', 'update', 'delete', 'list'], number),
      path: number % 16 === 1 ? `secret/app-${number}/keys` : `secret/app-${number}/config`,
    },
    mfa: { valid: number % 12 !== 2 },
    metadata: number % 3 === 0 ? {} : { owner: number % 16 === 4 ? 'other' : 'platform' },
  }),
}

/** Whether an IPv4 address lies in 10.20.0.0/16, as one writes it by hand; CEL has it as a function. */
export const inNetwork = (address: string): boolean => address.startsWith('10.20.') && isIPv4(address)

/** A thousand maps, four conditions each. Cedar has no way to go through them. */
const everyMap: PolicyCase = {
  name: 'P4, `all` over 1,000 maps',
  sentinel: `
main = rule {
  all resources as _, r {
    r.type is "aws_instance" and
    r.size <= 64 and
    r.region in ["eu-central-1", "eu-west-1"] and
    (r.owner else "shared") is not "root"
  }
}`,
  cel: 'resources.all(r, r.type == "aws_instance" && r.size <= 64.0 && r.region in ["eu-central-1", "eu-west-1"] && (has(r.owner) ? r.owner : "shared") != "root")',
  byHand: ({ resources }) => {
    for (const r of resources) {
      if (
        !(
          r.type === 'aws_instance' &&
          r.size <= 64 &&
          (r.region === 'eu-central-1' || r.region === 'eu-west-1') &&
          (r.owner ?? 'shared') !== 'root'
        )
      )
        return false
    }
    return true
  },
  request: (number) => ({
    resources: Array.from({ length: 1000 }, (_, at) =>
      number % 4 === 0 && at === 900 ? wrong : resources[(number * 7 + at) % resources.length],
    ),
  }),
}

const wrong = { type: 'aws_instance', size: 16, region: 'eu-west-1', owner: 'root' }
const resources = Array.from({ length: 4096 }, (_, at) => ({
  type: 'aws_instance',
  size: 1 + (at % 64),
  region: at % 3 === 0 ? 'eu-central-1' : 'eu-west-1',
  ...(at % 8 === 0 ? {} : { owner: `team-${at % 10}` }),
}))

export const policyCases: readonly PolicyCase[] = [comparisons, membership, network, everyMap]
