import { verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { systemRandom } from '../../base/index.ts'
import { type Kv, memoryKv } from '../../store/index.ts'
import { entityKit } from '../kit.fake.ts'
import { openOidc } from './oidc.ts'
import { algorithms } from './signing.ts'

/** Ada, a key that signs quickly, and a role of it. */
async function kit(kv: Kv = memoryKv()) {
  const { entities, groups, entity, clock } = await entityKit(kv)
  const deps = {
    kv,
    clock,
    random: systemRandom,
    entities,
    groups,
    apiAddress: 'https://s.example.com:8200/',
  }
  const oidc = await openOidc(deps)
  const ada = entities.byName('ada')?.id ?? (await entity('ada'))
  const tokenOf = async (role = 'web') => (await oidc.tokenFor(role, ada)).token
  return { kv, clock, entities, entity, oidc, ada, tokenOf, again: () => kit(kv) }
}

async function ready() {
  const made = await kit()
  await made.oidc.writeKey('k', { algorithm: 'EdDSA', allowedClientIds: ['*'] })
  await made.oidc.writeRole('web', { key: 'k', clientId: 'shop', ttlSeconds: 3600 })
  return made
}

const partsOf = (token: string) =>
  token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))

describe('a token', () => {
  test('says who asked, for whom it is and how long, and counts', async () => {
    const { oidc, ada, clock } = await ready()
    await oidc.writeRole('web', { template: '{"who": {{identity.entity.name}}}' })
    const { token, clientId, ttlSeconds } = await oidc.tokenFor('web', ada)
    expect([clientId, ttlSeconds]).toEqual(['shop', 3600])
    const [header, claims] = partsOf(token)
    expect(header).toEqual({ alg: 'EdDSA', kid: oidc.publicKeys()[0]?.kid })
    const iat = clock.now() / 1000
    const iss = 'https://s.example.com:8200/v1/identity/oidc'
    expect(claims).toEqual({
      ...{ iss, namespace: 'root', sub: ada, aud: 'shop', iat, exp: iat + 3600, who: 'ada' },
    })
    expect(await oidc.faultOf(token)).toBeUndefined()
    expect(await oidc.faultOf(token, 'shop')).toBeUndefined()
  })

  for (const algorithm of algorithms)
    test(`of ${algorithm} is believed by whoever has the public key, and it alone is shown`, async () => {
      const { oidc, tokenOf } = await kit()
      await oidc.writeKey('k', { algorithm, allowedClientIds: ['*'] })
      await oidc.writeRole('web', { key: 'k' })
      const token = await tokenOf()
      expect(await oidc.faultOf(token)).toBeUndefined()
      const [shown] = oidc.publicKeys()
      expect(
        Object.keys(shown ?? {}).filter((name) => ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].includes(name)),
      ).toEqual([])
      // Not by the library that signed it.
      const [signedText, signature] = [
        token.slice(0, token.lastIndexOf('.')),
        token.slice(token.lastIndexOf('.') + 1),
      ]
      const hash = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`
      const key = { key: shown as never, format: 'jwk' as const, dsaEncoding: 'ieee-p1363' as const }
      expect(verify(hash, Buffer.from(signedText), key, Buffer.from(signature, 'base64url'))).toBe(true)
    })

  for (const [name, change, fault] of [
    ['at its end', async ({ clock }: Kit) => clock.advance(3_600_000), 'the token has expired'],
    [
      'when its entity is disabled',
      async (k: Kit) => k.entities.change(k.ada, { isDisabled: true }),
      'is disabled',
    ],
    ['when its entity is gone', async (k: Kit) => k.entities.remove([k.ada]), 'was not found'],
    ['when another issuer was said', async (k: Kit) => k.oidc.configure('https://x.example.com'), '"iss"'],
    ['when no role uses its key', async (k: Kit) => k.oidc.removeRole('web'), 'signature'],
  ] as const)
    test(`counts no longer ${name}`, async () => {
      const made = await ready()
      const token = await made.tokenOf()
      await change(made)
      expect(await made.oidc.faultOf(token)).toContain(fault)
    })

  test('counts for nobody else, and for nothing that somebody made up', async () => {
    const { oidc, tokenOf } = await ready()
    const token = await tokenOf()
    expect(await oidc.faultOf(token, 'bank')).toContain('"aud"')
    const [header = '', body = '', signature = ''] = token.split('.')
    const to = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const [known, claims] = partsOf(token)
    const other = `${to(known)}.${to({ ...claims, sub: 'somebody' })}.${signature}`
    const forged = [
      '',
      'x',
      'a.b.c',
      other,
      `${to({ alg: 'none' })}.${body}.`,
      `${to({ ...known, alg: 'none' })}.${body}.`,
      `${to({ ...known, alg: 'HS256' })}.${body}.${signature}`,
      `${to({ ...known, alg: 'RS256' })}.${body}.${signature}`,
      `${to({ ...known, kid: 'x' })}.${body}.${signature}`,
      `${to({ ...known, crit: ['x'], x: 1 })}.${body}.${signature}`,
      `${header}.${body}.`,
      `${header}.${body}`,
    ]
    for (const each of forged) expect(await oidc.faultOf(each)).toMatch(/error parsing token|signature/)
  })

  test('is given to nobody without an entity, and by no key that does not list the client', async () => {
    const { oidc, ada } = await ready()
    await expect(oidc.tokenFor('web', '')).rejects.toThrow('no entity associated')
    await expect(oidc.tokenFor('none', ada)).rejects.toThrow('role "none" not found')
    await oidc.writeKey('k', { allowedClientIds: ['bank'] })
    await expect(oidc.tokenFor('web', ada)).rejects.toThrow('does not list the client ID')
    await oidc.writeKey('k', { allowedClientIds: ['bank', 'shop'] })
    await oidc.tokenFor('web', ada)
  })

  test('of an entity that was merged is that of the other one', async () => {
    const { oidc, ada, entities, entity, tokenOf } = await ready()
    const bob = await entity('bob')
    const before = await tokenOf()
    await entities.merge({ fromIds: [ada], toId: bob, aliasIdsToKeep: [], isForced: false })
    expect(partsOf(await tokenOf())[1].sub).toBe(bob)
    expect(await oidc.faultOf(before)).toBe('entity was not found')
  })
})

describe('a rotation', () => {
  test('lets the key sign that was shown before, and believes the old one for as long as was said', async () => {
    const { oidc, tokenOf, clock } = await ready()
    await oidc.writeRole('web', { ttlSeconds: 86_400 })
    const [first, second] = oidc.publicKeys()
    const before = await tokenOf()
    await oidc.rotateKey('k', 600)
    const after = await tokenOf()
    expect(partsOf(after)[0].kid).toBe(second?.kid)
    expect(oidc.publicKeys().map(({ kid }) => kid)).toEqual([second?.kid, expect.any(String), first?.kid])
    clock.advance(599_000)
    expect([await oidc.faultOf(before), await oidc.faultOf(after)]).toEqual([undefined, undefined])
    clock.advance(1_000)
    // Whether or not anybody has cleared away.
    expect(await oidc.faultOf(before)).toContain('signature')
    await oidc.tick()
    expect(await oidc.faultOf(after)).toBeUndefined()
    expect(oidc.publicKeys().length).toBe(2)
  })

  test('comes by itself, in time, and is there after a restart', async () => {
    const { oidc, clock, again, tokenOf } = await ready()
    const [first, second] = oidc.publicKeys()
    clock.advance(86_399_000)
    await oidc.tick()
    expect(oidc.publicKeys()[0]).toEqual(first)
    const before = await tokenOf()
    clock.advance(1_000)
    await Promise.all([oidc.tick(), oidc.tick()])
    expect(oidc.publicKeys().map(({ kid }) => kid)).toEqual([second?.kid, expect.any(String), first?.kid])
    const { oidc: other } = await again()
    expect(other.publicKeys()).toEqual(oidc.publicKeys())
    expect([other.key('k'), other.role('web')]).toEqual([oidc.key('k'), oidc.role('web')])
    expect(await oidc.faultOf(before)).toBeUndefined()
  })

  test('comes of another algorithm too, and tokens of the old one are believed for a while', async () => {
    const { oidc, tokenOf, clock } = await ready()
    const before = await tokenOf()
    await oidc.writeKey('k', { algorithm: 'ES256' })
    const after = await tokenOf()
    expect(partsOf(after)[0].alg).toBe('ES256')
    expect([await oidc.faultOf(before), await oidc.faultOf(after)]).toEqual([undefined, undefined])
    expect(oidc.publicKeys().length).toBe(3)
    clock.advance(86_400_000)
    expect(oidc.publicKeys().length).toBe(2)
  })
})

describe('a key is refused', () => {
  for (const [name, change, message] of [
    ['that rotates all the time', { rotationSeconds: 59 }, 'at least one minute'],
    ['that is believed for ever', { rotationSeconds: 60, verificationSeconds: 601 }, 'longer than 10x'],
    ['that is believed for less than nothing', { verificationSeconds: -1 }, 'cannot be negative'],
    [
      'that would be believed for less than its tokens live',
      { verificationSeconds: 3599 },
      'token ttl greater',
    ],
  ] as const)
    test(name, async () => {
      const { oidc } = await ready()
      const before = oidc.key('k')
      await expect(oidc.writeKey('k', change)).rejects.toThrow(message)
      expect(oidc.key('k')).toEqual(before)
    })

  test('its end, while a role uses it; that of the default one always', async () => {
    const { oidc } = await ready()
    await expect(oidc.removeKey('k')).rejects.toThrow('referenced by these roles: web')
    await oidc.removeRole('web')
    await oidc.removeKey('k')
    await oidc.removeKey('k')
    expect(oidc.keyNames()).toEqual([])
    await expect(oidc.removeKey('default')).rejects.toThrow('not allowed')
  })
})

describe('a role', () => {
  for (const [name, change, message] of [
    ['needs a key', { key: '' }, 'the key parameter is required'],
    ['needs a key that is there', { key: 'none' }, 'cannot find key "none"'],
    ['has tokens that end', { ttlSeconds: 0 }, 'at least one second'],
    ['has tokens that end before their key does', { ttlSeconds: 86_401 }, 'cannot be longer'],
    ['has a template that can be read', { template: '{' }, 'error parsing template JSON'],
  ] as const)
    test(name, async () => {
      const { oidc } = await ready()
      await expect(oidc.writeRole('web', change)).rejects.toThrow(message)
      expect(oidc.role('web')?.key).toBe('k')
    })

  test('gets a client of its own where none is named, and keeps it', async () => {
    const { oidc } = await ready()
    await oidc.writeRole('other', { key: 'k' })
    const { clientId } = oidc.role('other') ?? {}
    expect(clientId).toMatch(/^\w{26,}$/)
    await oidc.writeRole('other', { ttlSeconds: 60 })
    expect(oidc.role('other')).toMatchObject({ clientId, ttlSeconds: 60 })
  })

  test('that names the default key gets it', async () => {
    const { oidc, tokenOf } = await ready()
    await oidc.writeRole('plain', { key: 'default' })
    expect(oidc.key('default')).toMatchObject({ algorithm: 'RS256', allowedClientIds: ['*'] })
    expect(await oidc.faultOf(await tokenOf('plain'))).toBeUndefined()
  })
})

test('an issuer is a scheme, a host and a port', async () => {
  const { oidc } = await kit()
  for (const wrong of [
    'x',
    'ftp://a',
    'https://a/b',
    'https://a?b',
    'https://u@a',
    'https://',
    'https://a:b',
  ])
    await expect(oidc.configure(wrong), wrong).rejects.toThrow('invalid issuer')
  await oidc.configure('https://a.example.com:8200')
  expect(oidc.effectiveIssuer()).toBe('https://a.example.com:8200/v1/identity/oidc')
  await oidc.configure('')
  expect(oidc.effectiveIssuer()).toBe('https://s.example.com:8200/v1/identity/oidc')
})

test('a role and the key that it needs, changed at once, fit each other', async () => {
  const { oidc } = await ready()
  const settled = await Promise.allSettled([
    oidc.writeKey('k', { verificationSeconds: 7200 }),
    oidc.writeRole('web', { ttlSeconds: 86_400 }),
    oidc.removeKey('k'),
  ])
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
})

type Kit = Awaited<ReturnType<typeof ready>>
