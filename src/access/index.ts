export type {
  Approval,
  ApprovalRequest,
  Asked,
  Person,
  RequestEvent,
  RequestStatus,
  Step,
} from './requests.ts'
export { newRequest, pendingMs, requestStatusAt, requestStatuses, step, usableUntil } from './requests.ts'
