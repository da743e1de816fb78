export type { Barrier, BarrierLimits, BarrierState, SealStatus } from './barrier.ts'
export { openBarrier, usualLimits } from './barrier.ts'
export type { KeyStatus } from './open-keys.ts'
export type {
  Rekeying,
  RekeyProgress,
  RekeyRequest,
  RekeyStatus,
  SharingRequest,
  VerificationStatus,
} from './rekey.ts'
export type { RootGeneration, RootProgress, RootRequest, RootStatus } from './root-generation.ts'
export { otpLength } from './root-generation.ts'
export type { Sharing } from './shamir.ts'
export { ownStorage } from './storage.ts'
