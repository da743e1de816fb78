// The paths of identity tokens (spec/vault.md 7.5): keys, roles, tokens, and what others check tokens by.

import { type Algorithm, algorithms, type KeySettings, type RoleSettings } from '../../../entity/index.ts'
import type { Data, Json, Response } from '../../door.ts'
import { type Path, path } from '../path.ts'
import { type IdentityDeps, invalid } from './forms.ts'

/** The paths of identity tokens. */
export function oidcPaths(deps: IdentityDeps): readonly Path[] {
  return [config(deps), ...keys(deps), ...roles(deps), token(deps), introspect(deps), ...wellKnown(deps)]
}

const unreachable =
  'Neither "issuer" nor the server\'s `api_addr` is set: nobody can find out who issued a token, or check it'
const explicit =
  'Tokens must be checked against this issuer from now on. Set "issuer" to "" to use the server\'s `api_addr` again'

const config = ({ oidc }: IdentityDeps): Path =>
  path({
    pattern: 'oidc/config',
    summary: 'Shows and says who issues identity tokens',
    fields: { issuer: { type: 'string', help: 'scheme, host and port of a URL; empty: the server itself' } },
    operations: {
      read() {
        const isReachable = /^https?:/.test(oidc.effectiveIssuer())
        return { data: { issuer: oidc.issuer() }, ...(!isReachable && { warnings: [unreachable] }) }
      },
      async write(_context, { fields: { issuer } }) {
        if (issuer === undefined) return {}
        await oidc.configure(issuer)
        return issuer === '' ? {} : { warnings: [explicit] }
      },
    },
  })

const keys = ({ oidc }: IdentityDeps): readonly Path[] => [
  path({
    pattern: 'oidc/key',
    summary: 'Lists the keys of identity tokens',
    fields: {},
    pure: true,
    operations: { list: () => listOf(oidc.keyNames()) },
  }),
  path({
    pattern: 'oidc/key/:name',
    summary: 'Shows, makes, changes and deletes a key of identity tokens',
    fields: {
      rotation_period: { type: 'seconds', help: 'how long it signs' },
      verification_ttl: { type: 'seconds', help: 'how long its tokens are believed afterwards' },
      allowed_client_ids: { type: 'list', help: 'the clients whose roles may use it; * for all' },
      algorithm: { type: 'string', help: 'how it signs: RS256, ES256, EdDSA and their like' },
    },
    exists: async (_context, { params }) => oidc.key(params.name ?? '') !== undefined,
    pure: true,
    operations: {
      read(_context, { params }) {
        const found = oidc.key(params.name ?? '')
        return found === undefined ? { status: 404 } : { data: keyToData(found) }
      },
      async write(_context, { params, fields }) {
        const { rotation_period: rotation, verification_ttl: verification, algorithm } = fields
        const { allowed_client_ids: allowedClientIds } = fields
        await oidc.writeKey(params.name ?? '', {
          ...(rotation !== undefined && { rotationSeconds: rotation }),
          ...(verification !== undefined && { verificationSeconds: verification }),
          ...(algorithm !== undefined && { algorithm: algorithmIn(algorithm) }),
          ...(allowedClientIds !== undefined && { allowedClientIds }),
        })
        return {}
      },
      async delete(_context, { params }) {
        await oidc.removeKey(params.name ?? '')
        return {}
      },
    },
  }),
  path({
    pattern: 'oidc/key/:name/rotate',
    summary: 'Lets another key sign from now on',
    fields: {
      verification_ttl: { type: 'seconds', help: 'how long tokens of the old one are believed still' },
    },
    operations: {
      async write(_context, { params, fields }) {
        await oidc.rotateKey(params.name ?? '', fields.verification_ttl)
        return {}
      },
    },
  }),
]

const roles = ({ oidc }: IdentityDeps): readonly Path[] => [
  path({
    pattern: 'oidc/role',
    summary: 'Lists the roles of identity tokens',
    fields: {},
    pure: true,
    operations: { list: () => listOf(oidc.roleNames()) },
  }),
  path({
    pattern: 'oidc/role/:name',
    summary: 'Shows, makes, changes and deletes a role of identity tokens',
    fields: {
      key: { type: 'string', help: 'the key that signs its tokens' },
      template: { type: 'string', help: 'the claims of its own: JSON, or that in Base64' },
      client_id: { type: 'string', help: 'for whom the tokens are; one is made where it is missing' },
      ttl: { type: 'seconds', help: 'how long a token lives' },
    },
    exists: async (_context, { params }) => oidc.role(params.name ?? '') !== undefined,
    pure: true,
    operations: {
      read(_context, { params }) {
        const found = oidc.role(params.name ?? '')
        return found === undefined ? { status: 404 } : { data: roleToData(found) }
      },
      async write(_context, { params, fields: { key, template, client_id: clientId, ttl: ttlSeconds } }) {
        await oidc.writeRole(params.name ?? '', {
          ...(key !== undefined && { key }),
          ...(template !== undefined && { template }),
          ...(clientId !== undefined && { clientId }),
          ...(ttlSeconds !== undefined && { ttlSeconds }),
        })
        return {}
      },
      async delete(_context, { params }) {
        await oidc.removeRole(params.name ?? '')
        return {}
      },
    },
  }),
]

const token = ({ oidc }: IdentityDeps): Path =>
  path({
    pattern: 'oidc/token/:name',
    summary: 'Gives a token that says who the caller is',
    fields: {},
    operations: {
      async read(_context, { params, holder }) {
        const made = await oidc.tokenFor(params.name ?? '', holder?.entityId ?? '')
        const capped = `the token lives ${made.ttlSeconds} seconds, no longer than its key is believed`
        return {
          data: { token: made.token, client_id: made.clientId, ttl: made.ttlSeconds },
          ...(made.isCapped && { warnings: [capped] }),
        }
      },
    },
  })

const introspect = ({ oidc }: IdentityDeps): Path =>
  path({
    pattern: 'oidc/introspect',
    summary: 'Says whether an identity token counts',
    fields: {
      token: { type: 'string', help: 'the identity token' },
      client_id: { type: 'string', help: 'for whom it must be' },
    },
    operations: {
      async write(_context, { fields: { token: text = '', client_id: clientId = '' } }) {
        const fault = await oidc.faultOf(text, clientId === '' ? undefined : clientId)
        return { plain: fault === undefined ? { active: true } : { active: false, error: fault } }
      },
    },
  })

/** Whoever checks tokens has none of this server. */
const wellKnown = ({ oidc }: IdentityDeps): readonly Path[] => [
  path({
    pattern: 'oidc/.well-known/openid-configuration',
    summary: 'Says how identity tokens are checked',
    access: 'unauthenticated',
    fields: {},
    pure: true,
    operations: {
      read() {
        const issuer = oidc.effectiveIssuer()
        return {
          plain: {
            issuer,
            jwks_uri: `${issuer}/.well-known/keys`,
            response_types_supported: ['id_token'],
            subject_types_supported: ['public'],
            id_token_signing_alg_values_supported: algorithms,
          },
        }
      },
    },
  }),
  path({
    pattern: 'oidc/.well-known/keys',
    summary: 'Shows the public keys that identity tokens are checked by',
    access: 'unauthenticated',
    fields: {},
    pure: true,
    // A public key is JSON as it is.
    operations: { read: () => ({ plain: { keys: oidc.publicKeys() as unknown as Json } }) },
  }),
]

function listOf(names: readonly string[]): Response {
  return names.length === 0 ? { status: 404 } : { data: { keys: names } }
}

function algorithmIn(text: string): Algorithm {
  const found = algorithms.find((each) => each === text)
  if (found === undefined) throw invalid(`unknown signing algorithm "${text}"`)
  return found
}

const keyToData = (key: KeySettings): Data => ({
  rotation_period: key.rotationSeconds,
  verification_ttl: key.verificationSeconds,
  algorithm: key.algorithm,
  allowed_client_ids: key.allowedClientIds,
})

const roleToData = (role: RoleSettings): Data => ({
  key: role.key,
  client_id: role.clientId,
  template: role.template,
  ttl: role.ttlSeconds,
})
