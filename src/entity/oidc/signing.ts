// Signing and checking JSON Web Tokens, all of it by `jose`: which key, which algorithm, which claims.

import {
  CompactSign,
  createLocalJWKSet,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  jwtVerify,
} from 'jose'
import { newUuid, type Random, Secret } from '../../base/index.ts'

/** What tokens can be signed with. */
export const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

export type Algorithm = (typeof algorithms)[number]

/** A key as the world may see it. */
export type PublicKey = JWK & { readonly kid: string }

/** A key that signs. */
export type SigningKey = { readonly publicKey: PublicKey /** The JWK, as text. */; readonly secret: Secret }

/** Makes a key, under an id that no other has. */
export async function newSigningKey(random: Random, alg: Algorithm): Promise<SigningKey> {
  const pair = await generateKeyPair(alg, { modulusLength: 2048, extractable: true })
  const [shown, whole] = [await exportJWK(pair.publicKey), await exportJWK(pair.privateKey)]
  const kid = newUuid(random)
  return {
    publicKey: { ...shown, kid, alg, use: 'sig' },
    secret: new Secret(JSON.stringify({ ...whole, kid, alg })),
  }
}

/** Claims as a signed token. */
export async function signed(key: SigningKey, claims: Readonly<Record<string, unknown>>): Promise<string> {
  const { kid, alg = '' } = key.publicKey
  const payload = new TextEncoder().encode(JSON.stringify(claims))
  return new CompactSign(payload)
    .setProtectedHeader({ alg, kid })
    .sign(await importJWK(JSON.parse(key.secret.reveal()) as JWK, alg))
}

/** What a token must say to count. */
export type Expected = {
  readonly issuer: string
  /** Any where it is missing. */
  readonly audience?: string
  readonly nowMs: number
}

/** @returns whose token it is, or why it counts for nothing */
export async function verified(
  token: string,
  keys: readonly PublicKey[],
  { issuer, audience, nowMs }: Expected,
): Promise<{ readonly subject: string } | { readonly fault: string }> {
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: [...keys] }), {
      algorithms: [...algorithms],
      issuer,
      ...(audience !== undefined && { audience }),
      currentDate: new Date(nowMs),
      requiredClaims: ['sub', 'exp', 'iat'],
    })
    return { subject: payload.sub ?? '' }
  } catch (thrown) {
    if (!(thrown instanceof errors.JOSEError)) throw thrown
    return { fault: faultOf(thrown) }
  }
}

function faultOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'error validating claims: the token has expired'
  if (error instanceof errors.JWTClaimValidationFailed)
    return `error validating claims: "${error.claim}" is not what was expected`
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) return 'error parsing token'
  return 'unable to validate the token signature'
}
