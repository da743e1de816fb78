import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { example } from '../../dev/aws/index.ts'
import { paths } from '../machine/index.ts'
import { freshFolder } from '../machine/machine.fake.ts'
import { failureOf, person } from './kit.fake.ts'
import { planOf } from './plan.ts'
import { nameCredentials } from './store.ts'

const config = `[profile dev]\nrole_arn = ${example.roles.dev}\nsource_profile = alice\nregion = eu-central-1\nservices = s\n[services s]\nsts =\n  endpoint_url = https://sts.eu-central-1.amazonaws.com\n`
const shared = '[alice]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI\n'
const request = { profile: 'dev', userSession: 'fetched', foreignEndpoints: 'refused' } as const

function start(env: Readonly<Record<string, string>> = {}) {
  const { deps, home, machine } = person({ config, shared, env })
  const places = paths(machine.platform, {}, home)
  const folder = join(places.cacheFolder, 'recipes')
  return {
    places,
    deps,
    plan: (more: object = {}, version = '1') =>
      planOf(
        {
          ...deps,
          paths: places,
          version,
          resolve: (path) => join(home, path),
          authorities: new Map(),
          ...more,
        },
        request,
      ),
    files: () => readdirSync(folder),
    first: () => join(folder, readdirSync(folder)[0] ?? ''),
  }
}

describe('a recipe', () => {
  it('is kept, and is the same again, with the way to the files that it was made from', async () => {
    const { plan, files, deps } = start()
    const made = await plan()
    const kept = await plan()
    expect(files()).toHaveLength(1)
    expect({ ...kept, config: undefined }).toEqual({ ...made, config: undefined })
    expect(kept.recipe.settings.profile.serviceUrls.get('sts')).toMatch(/^https/)
    expect((await kept.config()).profiles.get('dev')?.config.get('region')?.value).toBe('eu-central-1')
    const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: { reveal: () => 'wJalrXUtnFEMI' } }
    expect(kept.baseName).toBe(nameCredentials(deps, keys as never))
  })

  it('is kept without a secret: neither keys nor environment', async () => {
    const { plan, first } = start({
      AWS_SECRET_ACCESS_KEY: 'inTheEnvironment',
      HTTPS_PROXY: 'http://u:pass@p',
    })
    const { recipe } = await plan()
    expect(recipe.settings.env).toEqual({
      AWS_SECRET_ACCESS_KEY: 'inTheEnvironment',
      HTTPS_PROXY: 'http://u:pass@p',
    })
    expect(readFileSync(first(), 'utf8')).not.toMatch(/wJalr|inTheEnvironment|u:pass/)
  })

  for (const [name, change, want] of [
    ['the config file', ({ awsConfigFile }: Places) => appendFileSync(awsConfigFile, '# x\n'), 1],
    [
      'the file of credentials',
      ({ awsCredentialsFile }: Places) => appendFileSync(awsCredentialsFile, '#'),
      1,
    ],
  ] as const) {
    it(`is made anew when one byte of ${name} changes`, async () => {
      const { plan, places, first, files } = start()
      await plan()
      const before = readFileSync(first())
      change(places)
      await plan()
      expect(readFileSync(first()).equals(before)).toBe(false)
      expect(files()).toHaveLength(want)
    })
  }

  for (const [name, more, version] of [
    ['environment', { env: { AWS_REGION: 'us-west-2' } }, '1'],
    ['proxy', { env: { https_proxy: 'http://proxy:3128' } }, '1'],
    ['trust in authorities', { env: { NODE_EXTRA_CA_CERTS: '/ca' } }, '1'],
    ['trust in those of the system', { env: { NODE_OPTIONS: '--use-openssl-ca' } }, '1'],
    ['trust in them by a variable', { env: { NODE_USE_SYSTEM_CA: '1' } }, '1'],
    ['file of them', { env: { SSL_CERT_FILE: '/ca' } }, '1'],
    ['folder of them', { env: { SSL_CERT_DIR: '/ca' } }, '1'],
    ['wish not to check certificates', { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } }, '1'],
    ['program', {}, '2'],
  ] as const) {
    it(`is another one in another ${name}`, async () => {
      const { plan, files } = start()
      const one = await plan()
      const other = await plan(more, version)
      expect(files()).toHaveLength(2)
      if (name === 'environment')
        expect([one.recipe.region, other.recipe.region]).toEqual(['eu-central-1', 'us-west-2'])
    })
  }

  for (const [name, env, more] of [
    ['the environment', { AWS_CA_BUNDLE: 'ca.pem' }, ''],
    ['the profile', {}, '[profile dev]\nca_bundle = ca.pem\n'],
  ] as const) {
    it(`is another one with another authority at the path that ${name} names`, async () => {
      const { plan, places } = start()
      appendFileSync(places.awsConfigFile, more)
      const [one, two] = [freshFolder(), freshFolder()]
      writeFileSync(join(one, 'ca.pem'), 'first')
      writeFileSync(join(two, 'ca.pem'), 'second')
      const from = async (folder: string) => {
        const { recipe } = await plan({ env, resolve: (path: string) => join(folder, path) })
        return [recipe.fingerprint, recipe.ways, recipe.named.ca] as const
      }
      const first = await from(one)
      expect(first[2]).toEqual([join(one, 'ca.pem')])
      expect(await from(one)).toEqual(first)
      const elsewhere = await from(two)
      expect(elsewhere[0]).not.toBe(first[0])
      expect(elsewhere[1]).not.toEqual(first[1])
      writeFileSync(join(one, 'ca.pem'), 'third')
      expect((await from(one))[0]).not.toBe(first[0])
      rmSync(join(one, 'ca.pem'))
      expect(JSON.stringify(await from(one))).toContain('ENOENT')
    })
  }

  it('goes by the authorities as this process first saw them; another process sees what they are now', async () => {
    const { plan } = start()
    const ca = join(freshFolder(), 'ca.pem')
    writeFileSync(ca, 'first')
    const theirs = { env: { NODE_EXTRA_CA_CERTS: ca }, resolve: (path: string) => path }
    const ours = { ...theirs, authorities: new Map() }
    const first = (await plan(ours)).recipe
    writeFileSync(ca, 'second')
    const later = (await plan(ours)).recipe
    expect(later.fingerprint).toBe(first.fingerprint)
    expect(later.settings.authorities[0]?.content?.()?.toString()).toBe('first')
    expect((await plan(theirs)).recipe.fingerprint).not.toBe(first.fingerprint)
    const kept = (await plan(theirs)).recipe
    expect(kept.settings.authorities[0]?.content?.()?.toString()).toBe('second')
  })

  it('does not change with what planning does not look at', async () => {
    const { plan, files } = start()
    await plan({ env: { PATH: '/a', TERM: 'x' } })
    await plan({ env: { PATH: '/b' } })
    expect(files()).toHaveLength(1)
  })

  it('is not believed when somebody edited it', async () => {
    const { plan, first } = start()
    await plan()
    writeFileSync(first(), readFileSync(first(), 'utf8').replace('DevRole', 'RootRole'))
    expect((await failureOf(plan())).code).toBe('CACHE_TAMPERED')
  })

  it('is not kept where there is none: every call says what is wrong', async () => {
    const { plan, places } = start()
    writeFileSync(places.awsConfigFile, '[profile dev\n')
    for (const _ of [1, 2]) expect((await failureOf(plan())).code).toBe('CONFIG_INVALID')
  })

  it('warns each time', async () => {
    const { plan, places } = start()
    appendFileSync(places.awsConfigFile, '[profile dev]\nrole_session_name = x\n')
    for (const _ of [1, 2])
      expect((await plan()).warnings.join('\n')).toMatch(/there twice[\s\S]*role_session_name/)
  })
})

type Places = ReturnType<typeof start>['places']
