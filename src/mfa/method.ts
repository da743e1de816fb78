// Step-up methods as administrators write them (spec/vault.md 5.9): one kind that is checked here, and kinds that ask
// somebody elsewhere. What each kind is told is a list as data.

import { Secret } from '../base/index.ts'
import { refuse } from './refuse.ts'
import { type TotpAlgorithm, type TotpSettings, totpAlgorithms } from './totp.ts'

/** Kinds of methods that push a question to a person. */
export const pushTypes = ['duo', 'okta', 'pingid'] as const

export type PushType = (typeof pushTypes)[number]
export type MethodType = 'totp' | PushType

/** What every method has. */
type Common = {
  /** Another one for each method that is made, also under the name of an earlier one. */
  readonly id: string
  readonly name: string
  /** How often a code or a push may fail, or be left unanswered, in a few minutes. */
  readonly maxAttempts: number
}

/** Codes of an app, which the server checks itself. */
export type TotpMethod = Common &
  TotpSettings & {
    readonly type: 'totp'
    readonly issuer: string
    /** Bytes of a secret. */
    readonly keySize: number
    /** Pixels of the image; 0: none. */
    readonly qrSize: number
  }

/** A question that somebody else pushes to a person. */
export type PushMethod = Common & {
  readonly type: PushType
  /** Of the auth mount whose names the other side is asked for. */
  readonly mountAccessor: string
  /** How it calls people, with places to fill in; empty: as the mount calls them. */
  readonly usernameFormat: string
  /** How to reach it. */
  readonly settings: ReadonlyMap<string, Secret>
}

export type Method = TotpMethod | PushMethod

/** What the kinds are told, by names that are Vault's; those that are secret are never shown. */
export const pushSettings: Readonly<
  Record<PushType, Readonly<Record<string, 'required' | 'optional' | 'secret'>>>
> = {
  duo: {
    secret_key: 'secret',
    integration_key: 'secret',
    api_hostname: 'required',
    push_info: 'optional',
    use_passcode: 'optional',
  },
  okta: { org_name: 'required', api_token: 'secret', base_url: 'optional', primary_email: 'optional' },
  pingid: { settings_file_base64: 'secret' },
}

/** What may be said of a TOTP method; what is missing is as usual. */
export type TotpWritten = {
  readonly issuer?: string | undefined
  readonly periodSeconds?: number | undefined
  readonly keySize?: number | undefined
  readonly qrSize?: number | undefined
  readonly algorithm?: string | undefined
  readonly digits?: number | undefined
  readonly skew?: number | undefined
  readonly maxAttempts?: number | undefined
}

const usual = { period: 30, keySize: 20, qrSize: 200, maxAttempts: 5 } as const

/** Reads a TOTP method. @throws SentinelError REQUEST_INVALID saying what cannot be */
export function totpMethod(id: string, name: string, written: TotpWritten): TotpMethod {
  const { issuer = '', digits = 6, skew = 1 } = written
  requireName(name)
  if (issuer === '') refuse('issuer must be set')
  if (digits !== 6 && digits !== 8) refuse('digits can only be 6 or 8')
  if (skew !== 0 && skew !== 1) refuse('skew can only be 0 or 1')
  return {
    ...{ id, name, type: 'totp', issuer, digits, skew, algorithm: algorithmIn(written.algorithm) },
    periodSeconds: within('period', written.periodSeconds ?? usual.period, 1, 3600),
    keySize: within('key_size', written.keySize ?? usual.keySize, 10, 64),
    qrSize: within('qr_size', written.qrSize ?? usual.qrSize, 0, 2000),
    maxAttempts: attemptsIn(written.maxAttempts),
  }
}

/** What may be said of a method that pushes. */
export type PushWritten = {
  readonly mountAccessor: string
  readonly usernameFormat?: string | undefined
  readonly maxAttempts?: number | undefined
  /** Those that are not of the kind are not looked at. */
  readonly settings: ReadonlyMap<string, string>
}

/** Reads a method that pushes. @throws SentinelError REQUEST_INVALID saying what is missing */
export function pushMethod(id: string, name: string, type: PushType, written: PushWritten): PushMethod {
  requireName(name)
  const { mountAccessor, usernameFormat = '' } = written
  if (mountAccessor === '') refuse('mount_accessor must be set')
  const settings = new Map<string, Secret>()
  for (const [field, need] of Object.entries(pushSettings[type])) {
    const value = written.settings.get(field) ?? ''
    if (value === '' && need !== 'optional') refuse(`${field} must be set`)
    if (value !== '') settings.set(field, new Secret(value))
  }
  return {
    id,
    name,
    type,
    mountAccessor,
    usernameFormat,
    settings,
    maxAttempts: attemptsIn(written.maxAttempts),
  }
}

/** The name stands in headers, in front of a colon and between commas, and in paths. */
function requireName(name: string): void {
  if (!/^[\w.-]{1,128}$/.test(name))
    refuse('the name of a method has letters, digits, `_`, `.` and `-`, at most 128 of them')
}

function algorithmIn(text = 'SHA1'): TotpAlgorithm {
  const found = totpAlgorithms.find((each) => each === text.toUpperCase())
  return found ?? refuse(`unrecognized algorithm "${text}": it can be ${totpAlgorithms.join(', ')}`)
}

const attemptsIn = (count: number | undefined) =>
  within('max_validation_attempts', count || usual.maxAttempts, 1, 100)

function within(field: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value
  return refuse(`${field} must be from ${least} to ${most}`)
}
