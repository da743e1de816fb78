export type { Judge, RequestDoc, RequestDocs, Standing, Turned } from './request-book.ts'
export { standingOf, turn } from './request-book.ts'
export type { RequestFilter, RequestList } from './request-list.ts'
export { listRequests } from './request-list.ts'
export { requestRows } from './request-rows.ts'
export type {
  Approval,
  ApprovalRequest,
  Asked,
  RequestEvent,
  RequestStatus,
  Step,
  Terms,
} from './requests.ts'
export { newRequest, pendingMs, requestStatusAt, requestStatuses, step, usableUntil } from './requests.ts'
