// Where server sessions are looked at and taken back: a table, and whoever runs the command.

import {
  revocationRows,
  revokeSession,
  type SessionDoc,
  type SessionDocs,
  sessionRows,
} from '../access/index.ts'
import { isRequestId, printable, SentinelError } from '../base/index.ts'
import { fact, known, type Made, passChange, resultOf } from '../gateway/index.ts'
import {
  decideRevocation,
  type RevocationFacts,
  type RevocationGrant,
  type SessionState,
} from '../policy/index.ts'
import type { Flags } from './command.ts'
import { logFileFlag, sessionTableFlag, whoFlags } from './commands/shared.ts'
import type { Deps } from './deps.ts'
import { type Errand, type ErrandValues, openErrand } from './errand.ts'
import { type GatewayDeps, openGateway } from './gateway-deps.ts'
import type { Place } from './place.ts'
import { tableNamed, withTable } from './tables.ts'

/** Flags of every command about sessions. */
export const sessionFlags = {
  sessionTable: { ...sessionTableFlag.sessionTable, aliases: ['table'] },
  json: { type: 'boolean', help: 'print JSON for a program to read' },
  ...whoFlags,
  ...logFileFlag('decision log (default: in the state folder)'),
} as const satisfies Flags

/** What these flags say. */
type SessionValues = Omit<ErrandValues, 'profile'> & { readonly sessionTable: string | undefined }

/** What sessions are looked at and changed with. */
export type SessionDesk = Place & {
  readonly deps: GatewayDeps
  readonly errand: Errand
  readonly docs: SessionDocs
  /** The table's name, for the record. */
  readonly table: string
}

/** Opens the table, and closes it when the command is over. Throws as openErrand, withTable and `use`. */
export async function atSessionDesk<Result>(
  plain: Deps,
  values: SessionValues,
  use: (desk: SessionDesk) => Promise<Result>,
): Promise<Result> {
  const deps = openGateway(plain)
  // A profile that only filters a list says nothing about who looks at it.
  const errand = await openErrand(deps, { ...values, profile: undefined })
  const table = tableNamed(values.sessionTable, 'sessions')
  return withTable({ deps, reach: errand.reach }, sessionRows, table, ({ docs: sessions, also, advisory }) =>
    use({ deps, errand, docs: { sessions, revocations: also(revocationRows) }, advisory, table }),
  )
}

/** A session by its id. @throws SentinelError USAGE, SESSION_NOT_FOUND; whatever the store throws */
export async function foundSession({ docs, table }: SessionDesk, id: string): Promise<SessionDoc> {
  const doc = await docs.sessions.get(id)
  if (doc !== undefined) return doc
  const where = table === 'local' ? "this machine's own table" : `the table \`${printable(table)}\``
  throw new SentinelError('SESSION_NOT_FOUND', `${where} has no session ${id}`, {
    hint: 'look for it with `sentinel server-sessions`, and check that table and region are the right ones',
  })
}

/** The text as a session's id. @throws SentinelError USAGE */
export function sessionIdOf(text: string): string {
  if (isRequestId(text) && text.length === 16) return text
  throw new SentinelError('USAGE', `\`${text}\` is not the id of a session`, {
    hint: 'an id has 16 characters from 0-9 and a-f; `sentinel server-sessions` shows them',
  })
}

type Facts = RevocationFacts & { readonly doc: SessionDoc | undefined }

/** Takes a session back. @throws SentinelError STATE_CONFLICT, SESSION_NOT_FOUND; as passChange */
export async function revoke(desk: SessionDesk, id: string, reason: string): Promise<SessionDoc> {
  const { deps, errand, table } = desk
  const request = { walkId: errand.walkId, event: 'session.revoked', thing: { session_id: id } } as const
  const outcome = await passChange<Facts, RevocationGrant, SessionDoc>(
    {
      log: errand.log,
      circumstances: errand.circumstances,
      async gather() {
        const [caller, doc] = await Promise.all([
          fact(() => errand.owner.caller()),
          fact(() => foundSession(desk, id)),
        ])
        const session = 'known' in doc ? { known: stateOf(doc.known) } : doc
        return { reason, caller, session, doc: 'known' in doc ? doc.known : undefined }
      },
      decide: decideRevocation,
      act: (_, facts) => made(desk, facts),
      words: ({ facts: { doc, caller }, result }) => ({
        table,
        profile: doc?.body.profile,
        status: (result ?? doc)?.body.status,
        revoked_by: 'known' in caller ? caller.known.user : undefined,
        revoked_reason: reason,
      }),
    },
    request,
    deps.signal(),
  )
  return resultOf(outcome, request)
}

async function made({ deps, docs }: SessionDesk, facts: Facts): Promise<Made<SessionDoc>> {
  const { doc, caller, reason } = facts
  if (doc === undefined) throw new SentinelError('INTERNAL', 'a session that was not found was to be revoked')
  const end = await revokeSession(docs, doc, { by: known(caller), reason }, deps.clock.now())
  if (end.kind === 'revoked') return { kind: 'done', result: end.doc }
  // Somebody was faster: decided anew, by what it has become.
  const again = decideRevocation({ ...facts, session: { known: stateOf(end.doc) } })
  if (again.kind === 'deny') return again
  throw new SentinelError('INTERNAL', `the session could not be revoked: ${end.because}`)
}

function stateOf({ id, body }: SessionDoc): SessionState {
  const { profile, status } = body
  return { id, profile, status: status === 'expired' ? 'ended' : status }
}
