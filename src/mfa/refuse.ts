import { SentinelError } from '../base/index.ts'

/** @throws SentinelError REQUEST_INVALID always */
export function refuse(message: string): never {
  throw new SentinelError('REQUEST_INVALID', message)
}
