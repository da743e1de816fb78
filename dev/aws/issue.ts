// Temporary credentials: how they are made, and how STS and CloudTrail write them.

import type { PolicyDocument } from './policy-types.ts'
import type { Call, Stage } from './service.ts'
import type { JsonObject } from './wire.ts'
import { addKey } from './world.ts'
import type { AccessKey, Principal, Session } from './world-types.ts'

/** Makes temporary credentials of a principal and remembers them. */
export function issue(
  stage: Stage,
  call: Call,
  principal: Principal,
  terms: {
    readonly seconds: number
    readonly mfa: boolean
    readonly sourceIdentity?: string | undefined
    readonly policy?: PolicyDocument | undefined
    readonly transitiveTags?: Session['transitiveTags']
  },
): AccessKey {
  const session: Session = {
    ...newToken(stage),
    issuedAtMs: call.atMs,
    expiresAtMs: call.atMs + terms.seconds * 1000,
    mfa: terms.mfa,
    sourceIdentity: terms.sourceIdentity,
    policy: terms.policy,
    transitiveTags: terms.transitiveTags,
  }
  return addKey(stage.world, newKeys(stage), principal, session)
}

/** Temporary keys as STS makes them: `ASIA` and 16 characters, 40 characters of secret. */
export function newKeys(stage: Stage): { readonly accessKeyId: string; readonly secretAccessKey: string } {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const id = [...stage.random.bytes(16)].map((byte) => alphabet[byte % 32]).join('')
  return {
    accessKeyId: `ASIA${id}`,
    secretAccessKey: Buffer.from(stage.random.bytes(30)).toString('base64'),
  }
}

/** An opaque session token. */
export function newToken(stage: Stage): { readonly token: string } {
  return { token: `IQoJb3JpZ2luX2Vj${Buffer.from(stage.random.bytes(120)).toString('base64')}` }
}

/** As STS answers. */
export function credentialsOf(key: AccessKey): JsonObject {
  return {
    AccessKeyId: key.accessKeyId,
    SecretAccessKey: key.secretAccessKey,
    SessionToken: key.session?.token,
    Expiration: `${new Date(key.session?.expiresAtMs ?? 0).toISOString().slice(0, 19)}Z`,
  }
}

/** As CloudTrail writes credentials: without the secret, the time in English ("Jul 18, 2014 4:07:39 PM"). */
export function trailCredentials(key: AccessKey): JsonObject {
  const at = new Date(key.session?.expiresAtMs ?? 0)
  const [month, day, year] = [at.toUTCString().slice(8, 11), at.getUTCDate(), at.getUTCFullYear()]
  const [hour, clock] = [at.getUTCHours(), at.toISOString().slice(13, 19)]
  return {
    accessKeyId: key.accessKeyId,
    sessionToken: key.session?.token,
    expiration: `${month} ${day}, ${year} ${hour % 12 === 0 ? 12 : hour % 12}${clock} ${hour < 12 ? 'AM' : 'PM'}`,
  }
}
