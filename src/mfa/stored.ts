// Methods and secrets as they lie in the storage, behind the barrier: JSON, Maps as pairs, bytes in base64.

import { Secret } from '../base/index.ts'
import type { Method, PushMethod, TotpMethod } from './method.ts'
import type { TotpSettings } from './totp.ts'

/** What an entity has enrolled with, by the settings of that moment: a change of the method leaves apps as they are. */
export type TotpSecret = TotpSettings & {
  readonly secret: Uint8Array
  /** The period of the last code that was used; -1: none was. */
  readonly usedStep: number
}

type StoredPush = Omit<PushMethod, 'settings'> & { readonly settings: readonly (readonly [string, string])[] }

export function methodToBytes(method: Method): Uint8Array {
  if (method.type === 'totp') return toBytes(method)
  const stored: StoredPush = {
    ...method,
    settings: [...method.settings].map(([name, value]) => [name, value.reveal()]),
  }
  return toBytes(stored)
}

export function bytesToMethod(bytes: Uint8Array): Method {
  const stored = fromBytes(bytes) as TotpMethod | StoredPush
  if (stored.type === 'totp') return stored
  const settings = stored.settings.map(([name, value]) => [name, new Secret(value)] as const)
  return { ...stored, settings: new Map(settings) }
}

export function secretToBytes(held: TotpSecret): Uint8Array {
  const { algorithm, digits, periodSeconds, skew, usedStep } = held
  const secret = Buffer.from(held.secret).toString('base64')
  return toBytes({ algorithm, digits, periodSeconds, skew, usedStep, secret })
}

export function bytesToSecret(bytes: Uint8Array): TotpSecret {
  const stored = fromBytes(bytes) as Omit<TotpSecret, 'secret'> & { readonly secret: string }
  return { ...stored, secret: Buffer.from(stored.secret, 'base64') }
}

const toBytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))
const fromBytes = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString())
