import { symlinkSync, writeFileSync } from 'node:fs'
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

  it('does not count where Node finds the authority by itself, and it changed before that', async () => {
    const { sts, ca } = await start()
    const env = { AWS_ENDPOINT_URL: sts, NODE_USE_SYSTEM_CA: '1', SSL_CERT_FILE: ca }
    const asked = ask(env, () => writeFileSync(ca, selfSigned().cert))
    await expect(asked).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('changed meanwhile'),
    })
  })

  describe("where Node was told to use the system's authorities as OpenSSL finds them", () => {
    const setup = async () => {
      const { sts, ca } = await start()
      const folder = freshFolder()
      const env = {
        AWS_ENDPOINT_URL: sts,
        NODE_OPTIONS: '--use-openssl-ca',
        SSL_CERT_DIR: `none:${folder}`,
        SSL_CERT_FILE: '',
      }
      return { env, ca, folder, seen: new Map(), hashed: join(folder, 'ce275665.0') }
    }
    const unreachable = { code: 'AWS_UNREACHABLE' }
    const put = (path: string) => () => writeFileSync(path, certificate.cert)

    it('counts by the file', async () => {
      const { env, ca } = await setup()
      await expect(ask({ ...env, SSL_CERT_FILE: ca })).resolves.toBeDefined()
    })

    it('counts by what a folder has under a hashed name, as it was looked at', async () => {
      const { env, hashed, seen } = await setup()
      put(hashed)()
      const replace = () => writeFileSync(hashed, 'nobody')
      await expect(ask(env, replace, seen)).resolves.toBeDefined()
      await expect(ask(env, () => {}, seen)).resolves.toBeDefined()
      await expect(ask(env)).rejects.toMatchObject(unreachable)
    })

    it('does not count by what a folder has under another name', async () => {
      const { env, folder } = await setup()
      put(join(folder, 'ca.pem'))()
      await expect(ask(env)).rejects.toMatchObject(unreachable)
    })

    it('does not count by what comes into a folder later, nor by what a link leads to later', async () => {
      for (const later of ['ce275665.0', 'late.pem']) {
        const { env, folder, hashed, seen } = await setup()
        if (later === 'late.pem') symlinkSync('late.pem', hashed)
        for (const meanwhile of [put(join(folder, later)), () => {}])
          await expect(ask(env, meanwhile, seen)).rejects.toMatchObject(unreachable)
        // Another process knows it as it is now.
        await expect(ask(env)).resolves.toBeDefined()
      }
    })
  })

  const named = ['AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']
  const told = { NODE_OPTIONS: '--use-openssl-ca' }
  const refusalOf = (by: string, path: string) =>
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: `${by} names \`${path}\`, a pipe or a device`,
    })

  it.skipIf(process.platform === 'win32').each(named)('is not asked for where %s is a device', (by) => {
    expect(() => ask({ ...told, [by]: '/dev/null' })).toThrow(refusalOf(by, '/dev/null'))
  })

  it.skipIf(noPipes).each(named)(
    'is not asked for where %s is a pipe, of which nobody can tell what Node read [needs mkfifo]',
    (by) => {
      const path = makePipe()
      expect(() => ask({ ...told, [by]: path })).toThrow(refusalOf(by, path))
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
