// Whatever a decision depended on came in some way, and the record names them all: not those of whoever asks alone.

import { describe, expect, it, onTestFinished } from 'vitest'
import { addParameter, example, startLocalAws } from '../../dev/aws/index.ts'
import { type Desk, desk, openPolicy, policy } from './desk.fake.ts'
import { askEndpoint as ask } from './endpoint-client.fake.ts'

const approved = policy('{name: ask, effect: require_approval, conditions: {}, reason: Ask first}')

/** Somebody whose `far` reaches another AWS, in another region, with an authority of its own. */
async function twoWays(text = openPolicy) {
  const at = await desk()
  const { clock } = at
  const other = await startLocalAws({ clock, world: at.aws.world })
  onTestFinished(() => other.close())
  const { AWS_ENDPOINT_URL: own } = at.env
  Object.assign(at.env, { AWS_ENDPOINT_URL: undefined, AWS_ENDPOINT_URL_STS: own })
  const ca = at.write('other.pem', '')
  const { accessKeyId, secretAccessKey } = example.alice.keys
  const far = `[profile far]
aws_access_key_id = ${accessKeyId}
aws_secret_access_key = ${secretAccessKey}
region = eu-west-1
endpoint_url = ${other.url}
ca_bundle = ${ca}
`
  at.write('.aws/config', at.read('.aws/config') + far)
  addParameter(other.world, {
    account: example.account,
    region: 'eu-west-1',
    name: '/sentinel/policies/dev',
    value: text,
  })
  const all = { region: 'us-east-1 eu-west-1', endpoint: `${own}/ ${other.url}/`, ca, insecure: true }
  return { at, other, all }
}

const eventsOf = (at: Desk) => at.log().map(({ event }) => event)

describe('the record names the ways of every profile that was opened for it', () => {
  it('that of the policy, also where it comes from the cache, and `why` does', async () => {
    const { at, other, all } = await twoWays()
    const line = ['credentials', '--profile', 'dev', '--aws-profile', 'far']
    for (const _ of ['fresh', 'cache']) expect(await at.run(...line)).toMatchObject({ status: 0 })
    expect(other.calls.map(({ action }) => action)).toEqual(['GetParameter'])
    expect(eventsOf(at)).toEqual(['decision', 'outcome', 'decision', 'outcome'])
    for (const each of at.log()) expect(each).toMatchObject(all)
    const { stdout } = await at.run('why', String(at.log()[0]?.request_id))
    expect(stdout).toContain(
      `circumstances  region ${all.region}, endpoint ${all.endpoint}, certificate authority ${all.ca}`,
    )
  })

  it('that of the tables', async () => {
    const { at, all } = await twoWays(approved)
    const approvers = at.write(
      'approval.yaml',
      'version: "1"\nrules:\n  - {name: a, profiles: ["*"], approvers: [bob]}\n',
    )
    const table = ['--request-table', 'sentinel-requests', '--aws-profile', 'far']
    await at.run('init', 'approvals', '--aws-profile', 'far', '--region', 'eu-west-1', '--yes')
    const made = at.log().length
    const asked = await at.run(
      'request',
      '--profile',
      'dev',
      '--justification',
      'a deploy of today',
      '--approval-policy-file',
      approvers,
      ...table,
    )
    expect(asked.stderr).toBe('')
    const refused = await at.run('credentials', '--profile', 'dev', ...table)
    expect(refused.stderr).toContain('POLICY_DENIED')
    const lines = at.log().slice(made)
    expect(lines.map(({ event }) => event)).toEqual(['request.created', 'request.created', 'decision'])
    for (const each of lines) expect(each).toMatchObject(all)
  })

  it('that of a policy which was read for others too, in every line', async () => {
    const { at, all } = await twoWays()
    at.beUnhurried()
    at.beChild(async (env) => {
      await Promise.all(Array.from({ length: 20 }, () => ask(env)))
      return 0
    })
    await at.run(
      'exec',
      '--server',
      '--lazy',
      '--profile',
      'dev',
      '--aws-profile',
      'far',
      '--',
      process.execPath,
    )
    expect(at.log().filter(({ outcome }) => outcome === 'issued')).toHaveLength(20)
    for (const each of at.log()) expect(each).toMatchObject(all)
  })

  it('that of the table which said once and for all that a session is over, in every later refusal', async () => {
    const { at, all } = await twoWays()
    const tracked = at.write(
      'tracked.yaml',
      policy('{name: t, effect: require_server_session, conditions: {}}'),
    )
    const far = ['--aws-profile', 'far']
    const table = ['--table', 'sentinel-sessions']
    await at.run('init', 'sessions', '--region', 'eu-west-1', '--yes', ...far)
    const made = at.log().length
    at.beUnhurried()
    at.beChild(async (env) => {
      const revoke = ['server-revoke', String(env.SENTINEL_SESSION_ID), '--reason', 'Suspicious activity']
      expect(await at.run(...revoke, ...table, ...far)).toMatchObject({ stderr: '', status: 0 })
      const answers = [await ask(env), await ask(env), await ask(env)]
      expect(answers.map(({ body }) => body.code)).toEqual(Array(3).fill('SESSION_REVOKED'))
      return 0
    })
    const policyFile = ['--policy-file', tracked, '--session-table', 'sentinel-sessions']
    const server = ['exec', '--server', '--lazy', '--profile', 'dev', ...policyFile, ...far]
    await at.run(...server, '--', process.execPath)
    const refusals = at
      .log()
      .slice(made)
      .filter(({ outcome }) => outcome === 'denied')
    // Those that follow are alike in every word, so they are one line.
    expect(refusals.map(({ event }) => event)).toEqual(['decision', 'repeats'])
    for (const each of refusals) expect(each).toMatchObject(all)
  })

  it('its own alone where nothing else was asked', async () => {
    const { at, all } = await twoWays()
    const file = at.write('dev.yaml', openPolicy)
    const line = ['credentials', '--profile', 'dev', '--aws-profile', 'far', '--policy-file', file]
    expect(await at.run(...line)).toMatchObject({ status: 0 })
    const own = all.endpoint.split(' ')[0]
    for (const each of at.log()) {
      expect(each).toMatchObject({ region: 'us-east-1', endpoint: own })
      expect(each).not.toHaveProperty('ca')
    }
  })
})

describe('what was got in one way', () => {
  it('is not served to whoever names themselves in another', async () => {
    const { at, other } = await twoWays()
    const line = ['credentials', '--profile', 'dev', '--aws-profile', 'far']
    await at.run(...line)
    at.env.AWS_ENDPOINT_URL_STS = other.url
    await at.run(...line)
    expect(
      other.calls.map(({ action }) => action).filter((action) => action === 'GetParameter'),
    ).toHaveLength(2)
  })
})
