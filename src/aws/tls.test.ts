import { writeFileSync } from 'node:fs'
import { createServer as createPlain } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, connect, type Server } from 'node:net'
import { join, resolve } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Secret, SentinelError, systemClock } from '../base/index.ts'
import { freshFolder } from '../machine/machine.fake.ts'
import { makePipe, noPipes } from '../machine/pipe.fake.ts'
import { type AuthorityDeps, callerIdentity, connectionTo, lookAt, namedAuthorities } from './index.ts'
import { selfSigned } from './tls.fake.ts'

const certificate = selfSigned()

const identity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
  <Arn>arn:aws:iam::111122223333:user/alice</Arn><Account>111122223333</Account><UserId>AIDA</UserId>
</GetCallerIdentityResult></GetCallerIdentityResponse>`

async function listening(server: Server): Promise<string> {
  onTestFinished(() => void server.close())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An STS behind TLS, a proxy, and a file with the authority that vouches for the STS. */
async function start() {
  const sts = await listening(createServer(certificate, (_, response) => void response.end(identity)))
  const proxy = createPlain().on('connect', (request, socket, head) => {
    const [host = '', port] = (request.url ?? '').split(':')
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.write(head)
      upstream.pipe(socket).pipe(upstream)
    })
  })
  const ca = join(freshFolder(), 'ca.pem')
  // Bundles have comments, and not all of them are UTF-8.
  writeFileSync(ca, Buffer.from(`# é\n${certificate.cert}`, 'latin1'))
  return { sts: `https://${sts}`, proxy: `http://${await listening(proxy)}`, ca }
}

function ask(
  env: Readonly<Record<string, string>>,
  meanwhile = () => {},
  seen: AuthorityDeps['authorities'] = new Map(),
) {
  const profile = { serviceUrls: new Map<string, string>() }
  const connection = connectionTo('sts', {
    env,
    profile,
    authorities: namedAuthorities(env, profile).map((named) => lookAt(named, { resolve, authorities: seen })),
    region: 'us-east-1',
    foreignEndpoints: 'accepted',
  })
  meanwhile()
  const deps = { clock: systemClock, signal: new AbortController().signal }
  const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: new Secret('s') }
  return callerIdentity(deps, connection, keys)
}

describe('an answer through TLS', () => {
  it('counts when the authority that was set vouches for it', async () => {
    const { sts, ca } = await start()
    const { arn } = await ask({ AWS_ENDPOINT_URL: sts, AWS_CA_BUNDLE: ca })
    expect(arn).toBe('arn:aws:iam::111122223333:user/alice')
  })

  for (const by of ['AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS']) {
    it(`counts by the authority of ${by} as it was looked at, as often as it is asked for, not by what its file says later`, async () => {
      const [one, other] = [await start(), await start()]
      const seen = new Map()
      const replace = () => writeFileSync(one.ca, selfSigned().cert)
      const env = { AWS_ENDPOINT_URL: one.sts, [by]: one.ca }
      for (const meanwhile of [replace, () => {}]) {
        const { arn } = await ask(env, meanwhile, seen)
        expect(arn).toBe('arn:aws:iam::111122223333:user/alice')
      }
      await expect(ask(env)).rejects.toMatchObject({ code: 'AWS_UNREACHABLE' })
      await expect(ask({ ...env, [by]: other.ca }, () => {}, seen)).resolves.toBeDefined()
    })
  }

  it('does not count where Node reads the authority by itself, and it changed before that', async () => {
    const { sts, ca } = await start()
    const env = { AWS_ENDPOINT_URL: sts, NODE_OPTIONS: '--use-openssl-ca', SSL_CERT_FILE: ca }
    const asked = ask(env, () => writeFileSync(ca, selfSigned().cert))
    await expect(asked).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('changed meanwhile'),
    })
  })

  describe('where Node looks into a folder at each handshake, and that changes', () => {
    async function folder(served = () => {}) {
      const calls: unknown[] = []
      const sts = await listening(
        createPlain((request, response) => {
          calls.push(request.url)
          served()
          response.end(identity)
        }),
      )
      const path = freshFolder()
      const gain = () => writeFileSync(join(path, 'ce275665.0'), certificate.cert)
      const env = { AWS_ENDPOINT_URL: `http://${sts}`, SSL_CERT_DIR: path }
      return { env, calls, gain, path, seen: new Map() }
    }
    const refusal = { code: 'CONFIG_INVALID', message: expect.stringContaining('changed meanwhile') }

    it('nobody is asked', async () => {
      const { env, calls, gain, seen } = await folder()
      await expect(ask(env, () => {}, seen)).resolves.toBeDefined()
      await expect(ask(env, gain, seen)).rejects.toMatchObject(refusal)
      expect(calls).toHaveLength(1)
      // Another process knows it as it is now.
      await expect(ask(env)).resolves.toBeDefined()
    })

    it('what was answered in between does not count', async () => {
      const at = await folder(() => at.gain())
      await expect(ask(at.env)).rejects.toMatchObject(refusal)
      expect(at.calls).toHaveLength(1)
    })

    for (const [name, more] of [
      ['AWS_CA_BUNDLE names the only authorities', (ca: string) => ({ AWS_CA_BUNDLE: ca })],
      ["those of NODE_EXTRA_CA_CERTS are added to Node's own", (ca: string) => ({ NODE_EXTRA_CA_CERTS: ca })],
    ] as const) {
      it(`it is all the same if ${name}`, async () => {
        const { env, gain, seen } = await folder()
        const { ca } = await start()
        await expect(ask({ ...env, ...more(ca) }, gain, seen)).resolves.toBeDefined()
      })
    }
  })

  const named = ['AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']
  const refusalOf = (by: string, path: string) =>
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: `${by} names \`${path}\`, a pipe or a device`,
    })

  it.skipIf(process.platform === 'win32').each(named)('is not asked for where %s is a device', (by) => {
    expect(() => ask({ [by]: '/dev/null' })).toThrow(refusalOf(by, '/dev/null'))
  })

  it.skipIf(noPipes).each(named)(
    'is not asked for where %s is a pipe, of which nobody can tell what Node read [needs mkfifo]',
    (by) => {
      const path = makePipe()
      expect(() => ask({ [by]: path })).toThrow(refusalOf(by, path))
    },
  )

  it('counts through a proxy, which sees none of it', async () => {
    const { sts, ca, proxy } = await start()
    const { arn } = await ask({ AWS_ENDPOINT_URL: sts, AWS_CA_BUNDLE: ca, HTTPS_PROXY: proxy })
    expect(arn).toBe('arn:aws:iam::111122223333:user/alice')
  })

  for (const way of ['straight', 'through a proxy'] as const) {
    it(`does not count when nobody vouches for it, ${way}`, async () => {
      const { sts, proxy } = await start()
      const env = way === 'straight' ? {} : { HTTPS_PROXY: proxy }
      const error = await ask({ AWS_ENDPOINT_URL: sts, ...env }).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(SentinelError)
      expect(error).toMatchObject({ code: 'AWS_UNREACHABLE' })
    })
  }
})
