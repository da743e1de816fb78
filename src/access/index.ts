export type { EventFilter } from './event-list.ts'
export { listEvents, notInForce } from './event-list.ts'
export type { EventDoc, EventDocs, EventTurned, Force } from './event-place.ts'
export { eventInForce, eventServing, inForce, turnEvent } from './event-place.ts'
export { eventRows, ledgerRows, slotRows } from './event-rows.ts'
export type { Emergency, EventStatus, Opened, Usable } from './events.ts'
export { eventStatusAt, eventStatuses } from './events.ts'
export type { Listed } from './listed.ts'
export type { Opening, OpeningEnd } from './opening.ts'
export { ledgerOf, openEvent } from './opening.ts'
export type { Judge, RequestDoc, RequestDocs, Standing, Turned } from './request-book.ts'
export { standingOf, turn } from './request-book.ts'
export type { RequestFilter } from './request-list.ts'
export { listRequests } from './request-list.ts'
export { requestRows } from './request-rows.ts'
export type {
  Approval,
  ApprovalRequest,
  Asked,
  PolicyPlace,
  RequestEvent,
  RequestStatus,
  Step,
  Terms,
} from './requests.ts'
export { newRequest, pendingMs, requestStatusAt, requestStatuses, step, usableUntil } from './requests.ts'
export type { Revoked, SessionDoc, SessionFilter } from './session-book.ts'
export { listSessions, revokeSession } from './session-book.ts'
export type { Revocation } from './session-rows.ts'
export { revocationId, revocationRows, sessionRows } from './session-rows.ts'
export type { SessionDocs, SessionOver, SessionWatch } from './session-watch.ts'
export { watchSession } from './session-watch.ts'
export type { Session, SessionEvent, SessionStatus, SessionStep, Started } from './sessions.ts'
export { newSession, sessionStatusAt, sessionStatuses, sessionStep } from './sessions.ts'
export type { Use } from './use.ts'
