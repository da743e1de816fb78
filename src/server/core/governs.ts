// What governs one request, and what is told of it afterwards: warnings in the response, lines in the server's log.

import type { Clock } from '../../base/index.ts'
import type { Alias, Entities, Groups, Identity } from '../../entity/index.ts'
import {
  type Budget,
  byPlace,
  errorText,
  type FactorsAsked,
  type Governed,
  type Governing,
  type GoverningPolicy,
  nameText,
} from '../../policy/index.ts'
import type { TokenEntry } from '../../token/index.ts'
import type { Request, Response } from '../door.ts'
import { openBreaker } from './breaker.ts'
import type { GoverningPolicies } from './governing.ts'
import type { Route, Router } from './router.ts'
import { type Sight, type Viewed, viewOf } from './view.ts'

/** One request as far as it is known when its policies are looked up. */
export type Asked = Viewed & {
  readonly identityPolicies: readonly string[]
  readonly route: Route | undefined
}

/** Governs the requests of a server. */
export type Governance = {
  /** What governs a request; undefined where nothing does. */
  of(asked: Asked): Governing | undefined
  /** Tells the log what became of a request, and counts the policies that used up what they may. */
  told(request: Request, governing: Governing | undefined, said: Said): void
}

/** What was said of a request. */
export type Said = { readonly governed: readonly Governed[]; readonly isAllowed: boolean }

/** How a server governs. */
export type GovernanceSettings = {
  /** Milliseconds that never go back. */
  readonly stopwatch: Clock
  readonly budget: Budget
  /** Whether policies may import `http`. */
  readonly http: boolean
}

export type GovernanceDeps = GovernanceSettings & {
  readonly policies: GoverningPolicies
  readonly entities: Pick<Entities, 'byAlias'>
  readonly groups: Groups
  router(): Router
  /** Names of the step-up methods. */
  methods(): readonly string[]
  readonly clock: Clock
  /** Says something to whoever runs the server. */
  log(message: string): void
}

/** Makes it of what is written. */
export function openGovernance(deps: GovernanceDeps): Governance {
  const { policies, clock, log } = deps
  const breaker = openBreaker()
  const sight: Sight<Asked> = {
    identityOf: (asked) => identityBehind(deps, asked),
    groups: deps.groups,
    methods: () => deps.methods(),
    mountByAccessor(accessor) {
      const all = [...deps.router().mounts.values()].map(({ context }) => context.mount)
      return all.find((mount) => mount.accessor === accessor)
    },
  }
  return {
    of(asked) {
      if (policies.isEmpty()) return undefined
      const { token, path, nowMs, route } = asked
      const rgps = token === undefined ? none : rgpsOf(policies, token, asked.identityPolicies)
      const egps = policies.ofPath(path, route?.matched?.path.anyCase !== undefined)
      if (rgps.length === 0 && egps.length === 0) return undefined
      return new GovernedRequest({ deps, sight, asked }, rgps, egps, breaker.suspended(nowMs))
    },
    told(request, governing, said) {
      const isQuiet = !request.policyOverride && said.governed.every(({ result }) => result === 'pass')
      if (isQuiet) return
      for (const line of linesOf(request, said)) log(line)
      for (const one of said.governed.filter(({ isOverBudget }) => isOverBudget)) {
        const policy = policyOf(governing, one)
        if (policy !== undefined && breaker.exceeded(policy, clock.now())) log(suspensionOf(one))
      }
    },
  }
}

type Around = {
  readonly deps: GovernanceSettings
  readonly sight: Sight<Asked>
  readonly asked: Asked
}

/** What governs one request; made for each that is governed, so it makes as little as it can. */
class GovernedRequest implements Governing {
  readonly rgps: readonly GoverningPolicy[]
  readonly egps: readonly GoverningPolicy[]
  readonly override: boolean
  readonly suspended: ReadonlySet<GoverningPolicy>
  readonly budget: Budget
  readonly http: boolean
  readonly stopwatch: Watch
  readonly factors: FactorsAsked | undefined
  private readonly around: Around
  private view: Readonly<Record<string, unknown>> | undefined

  constructor(
    around: Around,
    rgps: readonly GoverningPolicy[],
    egps: readonly GoverningPolicy[],
    suspended: ReadonlySet<GoverningPolicy>,
  ) {
    const { deps, sight, asked } = around
    this.around = around
    this.rgps = rgps
    this.egps = egps
    this.suspended = suspended
    this.override = asked.request.policyOverride
    this.budget = deps.budget
    this.http = deps.http
    this.stopwatch = new Watch(deps.stopwatch)
    this.factors = sight.methods().length === 0 ? undefined : { answers: new Map(), wanted: undefined }
  }

  globals(): Readonly<Record<string, unknown>> {
    this.view ??= viewOf(this.around.sight, this.around.asked, this.factors)
    return this.view
  }
}

/** The time that the evaluations of one request take. */
class Watch {
  spentMs = 0
  private readonly clock: Clock

  constructor(clock: Clock) {
    this.clock = clock
  }

  now(): number {
    return this.clock.now()
  }
}

/** The policy of an outcome; undefined where it was not evaluated because it is suspended already. */
function policyOf(governing: Governing | undefined, one: Governed): GoverningPolicy | undefined {
  const policies = (one.kind === 'rgp' ? governing?.rgps : governing?.egps) ?? none
  return policies.find(
    (policy) =>
      policy.name === one.name &&
      policy.namespace === one.namespace &&
      governing?.suspended.has(policy) === false,
  )
}

const suspensionOf = (one: Governed) =>
  `[WARN] sentinel: ${nameText(one)} used up what it may three times, and is not evaluated for 10 seconds`

const none: readonly GoverningPolicy[] = Object.freeze([])

function rgpsOf(
  policies: GoverningPolicies,
  token: TokenEntry,
  identityPolicies: readonly string[],
): readonly GoverningPolicy[] {
  const own = policies.ofNames(token.policies)
  const more = policies.ofNames(identityPolicies)
  if (more.length === 0) return own
  return own.length === 0 ? more : [...new Set([...own, ...more])].sort(byPlace)
}

/** What tells who stands behind a request. */
export type Behind = {
  readonly request: Request
  readonly route: Route | undefined
  readonly token: Pick<TokenEntry, 'entityId'> | undefined
}

/**
 * Who stands behind a request. Of a login that is whoever it is for, whom nobody has verified yet: a token that is sent
 * along is another's, and must not speak for them.
 */
export function identityBehind(
  { entities, groups }: Pick<GovernanceDeps, 'entities' | 'groups'>,
  behind: Behind,
): Identity | undefined {
  const { token, route } = behind
  if (route?.matched?.path.lookahead === undefined)
    return token === undefined || token.entityId === '' ? undefined : groups.identityOf(token.entityId)
  const alias = aliasAhead(behind)
  const found = alias && entities.byAlias(alias)
  return found && groups.identityOf(found.entity.id)
}

/** Of a login: what the mount would call whoever it is for. */
export function aliasAhead({ route, request }: Behind): Pick<Alias, 'mountAccessor' | 'name'> | undefined {
  const lookahead = route?.matched?.path.lookahead
  if (route === undefined || lookahead === undefined) return undefined
  const name = lookahead({ params: route.matched?.params ?? {}, data: request.data })
  return name === undefined ? undefined : { mountAccessor: route.mounted.context.mount.accessor, name }
}

/** What the log is told. Values of the request stay out of it. */
function linesOf({ id, path, policyOverride }: Request, { governed, isAllowed }: Said): readonly string[] {
  const about = `request_id=${id} path=${JSON.stringify(path)}`
  const failed = governed.filter(({ level, result }) => level === 'advisory' && result !== 'pass')
  const advisory = failed.map(
    (one) => `[WARN] sentinel: advisory policy failed: ${about} policy=${nameText(one)} result=${one.result}`,
  )
  if (!policyOverride) return advisory
  const overridden = governed.filter((one) => one.overridden).map(nameText)
  return [
    `[WARN] sentinel: policy override requested: ${about} policies=[${governed.map(nameText).join(', ')}]`,
    `[WARN] sentinel: policy override result: ${about} required=${overridden.length > 0} allowed=${isAllowed} overridden=[${overridden.join(', ')}]`,
    ...advisory,
  ]
}

/** A response with a warning for each policy that did not pass and let the request through all the same. */
export function withWarnings(response: Response, governed: readonly Governed[]): Response {
  if (governed.length === 0 || governed.every(({ result }) => result === 'pass')) return response
  const warnings = governed.filter(({ result }) => result !== 'pass').map(warningText)
  return { ...response, warnings: [...(response.warnings ?? []), ...warnings] }
}

function warningText(governed: Governed): string {
  const how = governed.overridden ? 'did not pass and was overridden' : 'did not pass'
  const error = errorText(governed)
  return `${nameText(governed)} ${how}${error === undefined ? '' : `: ${error}`}`
}
