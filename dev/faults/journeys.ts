// The journeys that faults are thrown into. A step says what came instead of what should; a journey goes on behind a step
// that says nothing.

import { events, type Kept, type Place, requests, sessions } from './places.ts'
import type { Said } from './server.ts'

/** Somebody under way: what steps are given. */
export type Traveller = {
  /** The request, event or session that the journey is about. */
  id: string
  /** Runs a command whose calls count, and may be struck. */
  sentinel(who: string, ...argv: readonly string[]): Promise<Answer>
  /** Runs `exec` as alice with a program that prints the access key it was given; its calls count. */
  exec(): Promise<Answer>
  /** Asks the server, which is started where none runs; its calls count. */
  ask(): Promise<Said>
  /** Lets so much time pass that the server writes that it lives, and waits for that; what came instead, if anything. */
  heartbeat(ms: number): Promise<string | undefined>
  /** Lets the server's child end, which ends it too; gives its status, 0 where none runs. Its calls count. */
  endServer(): Promise<number | undefined>
  /** Looks at something as alice; not counted. */
  look(...argv: readonly string[]): Promise<Printed>
  advance(ms: number): void
  /** Notes what was acknowledged: it must be true at the end too. */
  acknowledged(what: string, isTrue: () => Promise<boolean>): void
  /** Notes credentials that somebody got. */
  received(accessKeyId: string | undefined): void
  /** Notes what must never be. */
  wrong(what: string): void
}

export type Printed = Readonly<Record<string, unknown>>
/** How a command ended; `code` is that of its error. */
export type Answer = { readonly status: number | undefined; readonly code: string; readonly stdout: string }

export type Step = {
  readonly name: string
  /** Undefined where it went as it should, else what came instead. */
  run(at: Traveller): Promise<string | undefined>
  /** Whether it has happened before, although nobody was told. */
  hasHappened?(at: Traveller): Promise<boolean>
  /** Why whoever runs it again may have to begin the journey anew. */
  readonly anew?: string
}

export type Journey = {
  readonly name: string
  /** What its state is; without any there is nothing to keep in one place or another. */
  readonly kept: Kept | undefined
  readonly places: readonly Place[]
  /** Parameters of SSM. */
  readonly documents: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
}

const change = (
  name: string,
  who: string,
  argv: (id: string) => readonly string[],
  look: string,
  isSo: (printed: Printed) => boolean,
): Step => {
  const happened = async (at: Traveller, id: string) => isSo(await at.look(look, id, '--json'))
  return {
    name,
    async run(at) {
      const { id } = at
      const { status, code } = await at.sentinel(who, ...argv(id), '--json')
      if (status !== 0) return code
      at.acknowledged(`${name} ${id}`, () => happened(at, id))
      return undefined
    },
    hasHappened: (at) => happened(at, at.id),
  }
}

const request: Step = {
  name: 'request',
  async run(at) {
    const words = ['--profile', 'prod', '--justification', 'Deploying the hotfix']
    const { status, code, stdout } = await at.sentinel('alice', 'request', ...words, '--json')
    if (status !== 0) return code
    const id = String(JSON.parse(stdout).request_id)
    at.id = id
    at.acknowledged(`request ${id}`, async () => (await at.look('check', id, '--json')).profile === 'prod')
    return undefined
  },
}

const approvals = (printed: Printed) => (Array.isArray(printed.approvals) ? printed.approvals : [])

const approve = (who: string, isSo: (printed: Printed) => boolean) =>
  change(`approve by ${who}`, who, (id) => ['approve', id], 'check', isSo)

const credentials = (anew?: string, before: (at: Traveller) => void = () => {}): Step => ({
  name: 'credentials',
  async run(at) {
    before(at)
    const { status, code, stdout } = await at.sentinel('alice', 'credentials', '--profile', 'prod')
    if (status !== 0) return code
    at.received(JSON.parse(stdout).AccessKeyId)
    return undefined
  },
  ...(anew === undefined ? {} : { anew }),
})

const exec: Step = {
  name: 'exec',
  async run(at) {
    const { status, code, stdout } = await at.exec()
    if (status !== 0) return code
    at.received(stdout.trim())
    return undefined
  },
}

const noCredentials: Step = {
  name: 'no credentials',
  async run(at) {
    const { status, code } = await at.sentinel('alice', 'credentials', '--profile', 'prod')
    if (status === 0) at.wrong('credentials were given that should have been refused')
    return code === 'POLICY_DENIED' ? undefined : code
  },
}

const breakGlass: Step = {
  name: 'breakglass',
  async run(at) {
    const why = ['--reason-code', 'incident', '--justification', 'Payments are down, INC-4711']
    const { status, code, stdout } = await at.sentinel(
      'alice',
      'breakglass',
      '--profile',
      'prod',
      ...why,
      '--json',
    )
    if (status !== 0) return code
    const id = String(JSON.parse(stdout).event_id)
    at.id = id
    at.acknowledged(`event ${id}`, async () =>
      ['active', 'closed'].includes(String((await at.look('breakglass-check', id, '--json')).status)),
    )
    return undefined
  },
  async hasHappened(at) {
    const { events } = await at.look('breakglass-list', '--status', 'active', '--json')
    const ids = Array.isArray(events) ? events.map(({ id }) => String(id)) : []
    // One that was not opened to its end is listed as active too, for as long as it may be.
    if (ids.length !== 1) return false
    at.id = ids[0] ?? ''
    return true
  },
}

/** Asks the endpoint; what it answers with credentials is noted. */
const asked = (name: string, wanted: string, anew?: string): Step => ({
  name,
  async run(at) {
    const { code, key, session } = await at.ask()
    if (session !== undefined) at.id = session
    if (key !== undefined) at.received(key)
    return code === wanted ? undefined : code
  },
  ...(anew === undefined ? {} : { anew }),
})

const session = (at: Traveller, id: string) => at.look('server-session', id, '--json')

const serverStarts: Step = {
  ...asked('start', 'OK'),
  async run(at) {
    const said = await asked('start', 'OK').run(at)
    const { id } = at
    if (said === undefined) {
      at.acknowledged(`session ${id}`, async () => (await session(at, id)).profile === 'prod')
    }
    return said
  },
}

const serverEnds: Step = {
  name: 'end',
  async run(at) {
    const status = await at.endServer()
    return status === 0 ? undefined : `the server ended with ${status}`
  },
}

// The server writes that it lives every minute; STS issues for 15 minutes, and an endpoint gives nothing out of which less
// than 10 are left.
const refreshAfterMs = 6 * 60_000

const heartbeat: Step = {
  name: 'heartbeat',
  run: (at) => at.heartbeat(refreshAfterMs),
  anew: 'the server is gone, and its session with it',
}

const table = ({ init }: Kept): Step => ({
  name: `init ${init}`,
  async run(at) {
    const { status, code } = await at.sentinel('alice', 'init', init, '--yes')
    if (status !== 0) return code
    at.acknowledged(`init ${init}`, async () => {
      const { to_do } = await at.look('init', init, '--plan', '--json')
      return Array.isArray(to_do) && to_do.length === 0
    })
    return undefined
  },
})

const rules = (effect: string) =>
  `version: "1"\nrules:\n  - {name: only, effect: ${effect}, conditions: {}, reason: A journey}\n`

const policy = (effect: string) => ({ '/sentinel/policies/prod': rules(effect) })

const asking = (rule: string) => ({
  ...policy('require_approval'),
  '/sentinel/approval/prod': `version: "1"\nrules:\n  - {name: prod, approvers: [bob, carol]${rule}}\n`,
})
const emergency = {
  ...policy('require_approval'),
  '/sentinel/breakglass/prod': 'version: "1"\nrules:\n  - {name: prod, users: [alice]}\n',
}

const everywhere: readonly Place[] = ['AWS', 'DynamoDB Local', 'LMDB']
const stateless = { kept: undefined, places: ['AWS'] } as const
const ofRequests = { kept: requests, places: everywhere } as const
const ofEvents = { kept: events, places: everywhere } as const
const ofSessions = {
  kept: sessions,
  places: everywhere,
  documents: policy('require_server_session'),
} as const

const isApproved = ({ status }: Printed) => status === 'approved'
const reached = (count: number) => (printed: Printed) => approvals(printed).length >= count
const anewServer = 'the server is gone, and its session with it'

/** Everything that is tried. `log rotate` is not: it asks neither AWS nor a store (its kills: `npm run storm`). */
export const journeys: readonly Journey[] = [
  {
    name: 'credentials, and again when they are over',
    ...stateless,
    documents: policy('allow'),
    steps: [credentials(), credentials(undefined, (at) => at.advance(2 * 3_600_000))],
  },
  { name: 'exec', ...stateless, documents: policy('allow'), steps: [exec] },
  {
    name: 'tables that init makes',
    ...stateless,
    documents: {},
    steps: [table(requests), table(events), table(sessions)],
  },
  {
    name: 'an approval for a single use',
    ...ofRequests,
    documents: asking(', single_use: true'),
    steps: [request, approve('carol', isApproved), credentials(), noCredentials],
  },
  {
    name: 'an approval by two',
    ...ofRequests,
    documents: asking(', required_approvals: 2'),
    steps: [request, approve('carol', reached(1)), noCredentials, approve('bob', isApproved), credentials()],
  },
  {
    name: 'a denial',
    ...ofRequests,
    documents: asking(''),
    steps: [
      request,
      change(
        'deny',
        'carol',
        (id) => ['deny', id],
        'check',
        ({ status }) => status === 'denied',
      ),
      noCredentials,
    ],
  },
  {
    name: 'a request taken back',
    ...ofRequests,
    documents: asking(''),
    steps: [
      request,
      change(
        'cancel',
        'alice',
        (id) => ['cancel', id],
        'check',
        ({ status }) => status === 'cancelled',
      ),
      noCredentials,
    ],
  },
  {
    name: 'break-glass',
    ...ofEvents,
    documents: emergency,
    steps: [
      breakGlass,
      credentials(),
      change(
        'close',
        'alice',
        (id) => ['breakglass-close', id, '--reason', 'Payments are back'],
        'breakglass-check',
        ({ status }) => status === 'closed',
      ),
      noCredentials,
    ],
  },
  {
    name: 'server mode until it is revoked',
    ...ofSessions,
    steps: [
      serverStarts,
      heartbeat,
      asked('refresh', 'OK'),
      change(
        'revoke',
        'carol',
        (id) => ['server-revoke', id, '--reason', 'Suspicious'],
        'server-session',
        ({ status }) => status === 'revoked',
      ),
      asked('refused', 'SESSION_REVOKED', anewServer),
      serverEnds,
    ],
  },
  { name: 'server mode to its end', ...ofSessions, steps: [serverStarts, serverEnds] },
]
