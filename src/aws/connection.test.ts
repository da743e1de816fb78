import { renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { STSClient } from '@aws-sdk/client-sts'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../base/clock.fake.ts'
import { SentinelError } from '../base/index.ts'
import { freshFolder } from '../machine/machine.fake.ts'
import { lookAt, namedAuthorities } from './authorities.ts'
import { connectionFacts, connectionTo } from './connection.ts'
import { proxyFor } from './proxy.ts'
import { requireSameTime } from './skew.ts'
import type { Env } from './types.ts'

const settings = {
  env: {},
  profile: { serviceUrls: new Map<string, string>() },
  region: 'eu-central-1',
  foreignEndpoints: 'refused',
  authorities: [],
} as const

const thrown = (run: () => unknown): SentinelError => {
  try {
    run()
  } catch (error) {
    if (error instanceof SentinelError) return error
  }
  throw new Error('nothing was thrown')
}

describe('a connection', () => {
  it('to AWS itself has no facts to record', () => {
    expect(connectionFacts(connectionTo('sts', settings))).toEqual({})
  })

  it('to an endpoint of AWS’s is let pass, and recorded', () => {
    const env = { AWS_ENDPOINT_URL_STS: 'https://vpce-0a-1b.sts.eu-central-1.vpce.amazonaws.com' }
    expect(connectionFacts(connectionTo('sts', { ...settings, env }))).toEqual({
      endpoint: `${env.AWS_ENDPOINT_URL_STS}/`,
    })
  })

  it('to a foreign endpoint is refused, and the hint names where it was set', () => {
    const env = { AWS_ENDPOINT_URL: 'http://me:secret@127.0.0.1:4566' }
    const error = thrown(() => connectionTo('sts', { ...settings, env }))
    expect(error.code).toBe('ENDPOINT_INSECURE')
    expect(error.message).toContain('`http://127.0.0.1:4566/`')
    expect(error.hint).toContain('the environment variable AWS_ENDPOINT_URL')
  })

  it('to a foreign endpoint is made when that was accepted', () => {
    const profile = { serviceUrls: new Map([['sts', 'http://127.0.0.1:4566']]) }
    const connection = connectionTo('sts', { ...settings, profile, foreignEndpoints: 'accepted' })
    expect(connectionFacts(connection)).toEqual({ endpoint: 'http://127.0.0.1:4566/' })
  })

  it('names a proxy, without its password', () => {
    const env = { HTTPS_PROXY: 'http://me:secret@proxy:3128' }
    const connection = connectionTo('sts', { ...settings, env })
    expect(connection.proxy).toBe('http://me:secret@proxy:3128/')
    expect(connectionFacts(connection)).toEqual({ proxy: 'http://proxy:3128/' })
  })

  for (const [name, env, want] of [
    ['the system’s authorities, by a variable', { NODE_USE_SYSTEM_CA: '1' }, 'NODE_USE_SYSTEM_CA'],
    [
      'by a switch',
      { NODE_OPTIONS: '--use-openssl-ca -r ./x.cjs' },
      '/etc/ssl/cert.pem /etc/ssl/certs --use-openssl-ca',
    ],
    ['as Node spells it too', { NODE_OPTIONS: '"--use_system_ca"' }, '--use-system-ca'],
    [
      'where they are',
      { NODE_OPTIONS: '--use-openssl-ca', SSL_CERT_FILE: '/a.pem', SSL_CERT_DIR: '/b:c' },
      '/a.pem /b:/here/c --use-openssl-ca',
    ],
    [
      'nowhere',
      { NODE_OPTIONS: '--use-openssl-ca', SSL_CERT_FILE: '', SSL_CERT_DIR: '' },
      '--use-openssl-ca',
    ],
    ['not where nobody looks', { SSL_CERT_FILE: '/a.pem', SSL_CERT_DIR: '/b' }, undefined],
    [
      'all of them',
      { NODE_EXTRA_CA_CERTS: 'c', SSL_CERT_FILE: '/a', NODE_USE_SYSTEM_CA: '1' },
      '/here/c /a NODE_USE_SYSTEM_CA',
    ],
    [
      'none of them',
      { NODE_OPTIONS: '--no-use-system-ca', NODE_USE_SYSTEM_CA: '0', SSL_CERT_FILE: '' },
      undefined,
    ],
  ] as const) {
    it(`names what Node may trust besides its own list: ${name}`, () => {
      expect(factsFrom('/here', env).extraCa).toBe(want)
    })
  }

  it('the environment’s authority goes before the profile’s', () => {
    expect(factsFrom('/here', {}, '/profile.pem').caBundle).toBe('/profile.pem')
    expect(factsFrom('/here', { AWS_CA_BUNDLE: '/env.pem' }, '/profile.pem').caBundle).toBe('/env.pem')
  })

  it('knows FIPS, dual-stack and the global STS', () => {
    const env = { AWS_USE_FIPS_ENDPOINT: 'true' }
    const profile = { ...settings.profile, useDualstackEndpoint: 'TRUE', stsRegionalEndpoints: 'legacy' }
    const connection = connectionTo('sts', { ...settings, env, profile })
    expect(connection).toMatchObject({ useFips: true, useDualstack: true, useGlobalSts: true })
  })

  for (const [region, real] of [
    ['fips-us-east-1', 'us-east-1'],
    ['us-gov-west-1-fips', 'us-gov-west-1'],
    ['fips-aws-global', 'us-east-1'],
    ['fips-prod-eu-west-1', 'eu-west-1'],
  ] as const) {
    it(`of ${region} is that of ${real} with FIPS, as the SDK takes it`, async () => {
      const { region: name, useFips } = connectionTo('sts', { ...settings, region })
      const sdk = new STSClient({ region, useFipsEndpoint: false }).config
      expect([name, useFips]).toEqual([real, true])
      expect([await sdk.region(), await sdk.useFipsEndpoint()]).toEqual([real, true])
    })
  }

  for (const region of [
    '',
    'local',
    's3',
    's3-us-west-2',
    'eu.evil.example',
    'x#',
    'eu central',
    '-a',
    'a/../b',
    'EU',
  ]) {
    it(`the region \`${region}\` cannot choose the host`, () => {
      expect(thrown(() => connectionTo('sts', { ...settings, region })).code).toBe('CONFIG_INVALID')
    })
  }
})

/** The facts for somebody who stands in a folder. */
function factsFrom(folder: string, env: Env, caBundle?: string) {
  const profile = { ...settings.profile, caBundle }
  const from = (path: string) => posix.resolve(folder, path)
  const authorities = namedAuthorities(env, profile).map((named) =>
    lookAt(named, { resolve: from, authorities: new Map() }),
  )
  return connectionFacts(connectionTo('sts', { ...settings, env, profile, authorities }))
}

describe('an authority', () => {
  const ways = [
    ['AWS_CA_BUNDLE', (path: string) => [{ AWS_CA_BUNDLE: path }]],
    ['ca_bundle', (path: string) => [{}, path]],
    ['NODE_EXTRA_CA_CERTS', (path: string) => [{ NODE_EXTRA_CA_CERTS: path }]],
    ['SSL_CERT_FILE', (path: string) => [{ NODE_USE_SYSTEM_CA: '1', SSL_CERT_FILE: path }]],
  ] as const
  for (const [name, by] of ways) {
    const from = (folder: string, path: string) => factsFrom(folder, ...(by(path) as [Env, string?]))
    it(`of ${name} is known by its content, and recorded by its whole path`, () => {
      const [one, two] = [freshFolder(), freshFolder()]
      writeFileSync(join(one, 'ca.pem'), 'first')
      writeFileSync(join(two, 'ca.pem'), 'second')
      const first = from(one, 'ca.pem')
      expect((first.caBundle ?? first.extraCa)?.split(' ')[0]).toBe(join(one, 'ca.pem'))
      expect(from(one, join(one, 'ca.pem'))).toEqual(first)
      expect(from(two, 'ca.pem')).not.toEqual(first)
      writeFileSync(join(one, 'ca.pem'), 'second')
      const replaced = from(one, 'ca.pem')
      expect(replaced.caMarks).not.toBe(first.caMarks)
      rmSync(join(one, 'ca.pem'))
      const gone = from(one, 'ca.pem')
      expect(new Set([first.caMarks, replaced.caMarks, gone.caMarks]).size).toBe(3)
      expect(gone.caMarks).toBe(`${name} ENOENT`)
    })
  }

  it('of SSL_CERT_DIR is known by the names of the files in its folders, and by what stands in each', () => {
    const [folder, elsewhere] = [freshFolder(), freshFolder()]
    const facts = () => factsFrom(folder, { NODE_USE_SYSTEM_CA: '1', SSL_CERT_DIR: `${folder}:none` })
    const certificate = join(folder, 'ce275665.0')
    const [long, other] = [new Date('2026-01-01T00:00:00Z'), join(elsewhere, 'other.pem')]
    const steps = [
      () => {},
      () => writeFileSync(certificate, 'first'),
      // As long as the other, and made to look as old.
      () => {
        writeFileSync(certificate, 'other')
        utimesSync(certificate, long, long)
      },
      () => {
        writeFileSync(other, 'third')
        utimesSync(other, long, long)
        renameSync(other, certificate)
      },
      () => writeFileSync(other, 'fourth'),
      () => {
        rmSync(certificate)
        symlinkSync(other, certificate)
      },
      () => writeFileSync(other, 'fifth'),
      () => rmSync(other),
    ]
    const seen = steps.map((step) => {
      step()
      expect(facts()).toEqual(facts())
      return facts()
    })
    expect(new Set(seen.map(({ extraCa }) => extraCa)).size).toBe(1)
    // What happens elsewhere is no change.
    expect(new Set(seen.map(({ caMarks }) => caMarks)).size).toBe(steps.length - 1)
  })

  it('that Node trusts in any case is another one than one of the system', () => {
    const system = { NODE_USE_SYSTEM_CA: '1' }
    const [one, other] = [
      { ...system, NODE_EXTRA_CA_CERTS: '/x' },
      { ...system, SSL_CERT_FILE: '/x' },
    ]
    expect(factsFrom('/', one)).not.toEqual(factsFrom('/', other))
  })
})

describe('the proxy', () => {
  const url = 'https://sts.eu-central-1.amazonaws.com'
  for (const [name, env, want] of [
    ['none is set', {}, undefined],
    ['HTTPS_PROXY', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['lower case goes first', { https_proxy: 'http://q:1', HTTPS_PROXY: 'http://p:1' }, 'http://q:1/'],
    ['without a scheme', { HTTPS_PROXY: 'p:1' }, 'http://p:1/'],
    ['HTTP_PROXY is for plain HTTP', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['excepted by its domain', { HTTPS_PROXY: 'p:1', NO_PROXY: 'x, amazonaws.com' }, undefined],
    ['excepted by a leading dot', { HTTPS_PROXY: 'p:1', no_proxy: '.amazonaws.com' }, undefined],
    ['excepted by a star', { HTTPS_PROXY: 'p:1', NO_PROXY: '*' }, undefined],
    ['excepted by the port', { HTTPS_PROXY: 'p:1', NO_PROXY: 'amazonaws.com:443' }, undefined],
    ['not by another port', { HTTPS_PROXY: 'p:1', NO_PROXY: 'amazonaws.com:80' }, 'http://p:1/'],
    ['not by half a label', { HTTPS_PROXY: 'p:1', NO_PROXY: 'zonaws.com,,' }, 'http://p:1/'],
  ] as const) {
    it(name, () => {
      expect(proxyFor(url, env)).toBe(want)
    })
  }

  for (const [name, service, set, region, host] of [
    ['the portal of SSO', 'sso', {}, 'us-east-1', 'portal.sso.us-east-1.amazonaws.com'],
    ['the global STS', 'sts', { stsRegionalEndpoints: 'legacy' }, 'us-east-1', 'sts.amazonaws.com'],
    ['dual-stack', 'sts', { useDualstackEndpoint: 'true' }, 'us-east-1', '.api.aws'],
    ['FIPS', 'sts', { useFipsEndpoint: 'true' }, 'us-east-1', 'sts-fips.us-east-1.amazonaws.com'],
    ['China', 'dynamodb', {}, 'cn-north-1', 'amazonaws.com.cn'],
  ] as const) {
    it(`is left out for the host that is called, and for no other: ${name}`, () => {
      const through = (except: string) =>
        connectionTo(service, {
          ...settings,
          region,
          env: { HTTPS_PROXY: 'http://p:1', NO_PROXY: except },
          profile: { ...settings.profile, ...set },
        }).proxy
      expect(through(host)).toBeUndefined()
      expect(through(`${service === 'sso' ? 'sts' : service}.${region}.amazonaws.com`)).toBe('http://p:1/')
    })
  }

  it('excepts addresses', () => {
    const env = { HTTP_PROXY: 'http://p:1', NO_PROXY: '127.0.0.1,::1' }
    expect(proxyFor('http://127.0.0.1:4566', env)).toBeUndefined()
    expect(proxyFor('http://[::1]:4566', env)).toBeUndefined()
    expect(proxyFor('http://127.0.0.2:4566', env)).toBe('http://p:1/')
  })

  it('that is no URL is refused without printing it', () => {
    const error = thrown(() => proxyFor(url, { HTTPS_PROXY: 'socks5://me:secret@p' }))
    expect(error.code).toBe('CONFIG_INVALID')
    expect(error.message).not.toContain('secret')
  })
})

describe('the clock', () => {
  const clock = fakeClock('2026-01-24T10:00:00Z')
  for (const [name, theirs, want] of [
    ['is right', '2026-01-24T10:00:00Z', undefined],
    ['may be five minutes off', '2026-01-24T10:05:00Z', undefined],
    ['behind', '2026-01-24T10:05:01Z', "this machine's clock is 5m1s behind the one of AWS"],
    ['ahead', '2026-01-24T08:30:00Z', "this machine's clock is 1h30m ahead of the one of AWS"],
    ['nothing to compare with', 'no date', 'the answer of AWS has no date to compare this clock with'],
  ] as const) {
    it(name, () => {
      const check = () => requireSameTime(clock, Date.parse(theirs))
      if (want === undefined) expect(check).not.toThrow()
      else expect(thrown(check)).toMatchObject({ code: 'CLOCK_SKEW', message: want })
    })
  }
})
