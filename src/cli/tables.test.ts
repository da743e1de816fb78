import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { systemRandom } from '../base/index.ts'
import { type Collection, readAttributes } from '../store/index.ts'
import { openDeps } from './deps.ts'
import { type Desk, desk } from './desk.fake.ts'
import { type GatewayDeps, openGateway } from './gateway-deps.ts'
import { fakeIo } from './io.fake.ts'
import { openProfile } from './profile.ts'
import { ownReach } from './reach.ts'
import { withTable } from './tables.ts'
import { openWays } from './ways.ts'

type Note = { readonly words: string }

const notes: Collection<Note> = {
  name: 'requests',
  indexes: {},
  confidential: ['justification'],
  toAttributes: ({ words }) => ({ justification: words }),
  fromAttributes: (attributes) => ({ words: readAttributes(attributes).text('justification') }),
  ttlMs: () => Date.parse('2027-02-03T10:00:00Z'),
}

function gatewayOf(at: Desk): GatewayDeps {
  const io = { ...fakeIo({ env: at.env }), home: at.home, cwd: at.home }
  return openGateway(openDeps(io, { clock: at.clock, random: systemRandom }))
}

async function reachOf(deps: GatewayDeps, insecureEndpoint = true) {
  const choice = { profile: 'alice', region: undefined, insecureEndpoint }
  return ownReach(await openProfile(deps, choice, openWays(deps)))
}

it('a table of DynamoDB is reached with the credentials that SSM is', async () => {
  const at = await desk()
  await at.run('init', 'approvals', '--aws-profile', 'alice', '--yes')
  const deps = gatewayOf(at)
  const tables = { deps, reach: () => reachOf(deps) }
  const write = withTable(tables, notes, 'sentinel-requests', ({ docs, advisory }) => {
    expect(advisory).toBeUndefined()
    return docs.create('n1', { words: 'deploy' })
  })
  expect(await write).toEqual({ id: 'n1', version: 1, body: { words: 'deploy' } })
  expect(await withTable(tables, notes, 'sentinel-requests', ({ docs }) => docs.get('n1'))).toEqual(
    await write,
  )
})

it('a table of DynamoDB is connected to once, however often it is used, until the keys are others', async () => {
  const at = await desk()
  await at.run('init', 'approvals', '--aws-profile', 'alice', '--yes')
  const counted = await countingProxy(at.aws.url)
  const deps = gatewayOf({ ...at, env: { ...at.env, AWS_ENDPOINT_URL: counted.url } })
  const look = (profile: string) =>
    withTable(
      {
        deps,
        reach: async () =>
          ownReach(
            await openProfile(deps, { profile, region: undefined, insecureEndpoint: true }, openWays(deps)),
          ),
      },
      notes,
      'sentinel-requests',
      ({ docs }) => docs.get('n1'),
    )
  for (const _ of [1, 2, 3]) await look('alice')
  expect(counted.connections()).toBe(1)
  // What is signed by a clock that went on a day is refused by AWS's.
  at.clock.advance(86_400_000)
  await look('alice')
  expect(counted.connections()).toBe(1)
  await look('carol')
  expect(counted.connections()).toBe(2)
})

/** A way to AWS that counts who connects. */
async function countingProxy(url: string) {
  let connections = 0
  const { hostname, port } = new URL(url)
  const server = createServer((from) => {
    connections++
    const to = connect(Number(port), hostname)
    from.pipe(to).pipe(from)
    for (const end of [from, to]) end.on('error', () => {})
    from.on('close', () => to.destroy())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  const { port: own } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${own}`, connections: () => connections }
}

for (const [collection, made] of [
  ['requests', 'approvals'],
  ['breakglass', 'breakglass'],
  ['sessions', 'sessions'],
] as const) {
  it(`a table of ${collection} that is not there is an error that names the command which makes it`, async () => {
    const deps = gatewayOf(await desk())
    const rows = { ...notes, name: collection }
    const table = 'no-such-table'
    const read = withTable({ deps, reach: () => reachOf(deps) }, rows, table, ({ docs }) => docs.get('n1'))
    const hint = `check the name, the region and the account, or make or mend it with \`sentinel init ${made} --table no-such-table\``
    await expect(read).rejects.toMatchObject({ code: 'STORE_NOT_FOUND', hint })
  })
}

for (const [name, table, message, hint] of [
  [
    'of another region',
    'arn:aws:dynamodb:eu-central-1:111122223333:table/notes',
    'lies in eu-central-1, and us-east-1 is asked',
    'give --region eu-central-1',
  ],
  [
    'of an index',
    'arn:aws:dynamodb:us-east-1:111122223333:table/notes/index/gsi-user',
    'is neither the name of a table nor the ARN of one',
    'an ARN ends with `table/` and a name',
  ],
  ['that is none', 'arn:aws:s3:::notes', 'is neither', 'an ARN ends'],
] as const) {
  it(`an ARN ${name} is refused, and nobody is asked`, async () => {
    const at = await desk()
    const deps = gatewayOf(at)
    const read = withTable({ deps, reach: () => reachOf(deps) }, notes, table, ({ docs }) => docs.get('n1'))
    await expect(read).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    })
    expect(at.calls()).toEqual([])
  })
}

it('`local` is a store of this machine, which says that it binds nobody else, and asks no AWS', async () => {
  const at = await desk()
  const deps = gatewayOf(at)
  const reach = () => Promise.reject(new Error('nobody is to be reached'))
  await withTable({ deps, reach }, notes, 'local', async ({ docs, advisory }) => {
    expect(advisory).toBe('this machine only')
    await docs.create('n1', { words: 'deploy' })
  })
  const again = withTable({ deps: gatewayOf(at), reach }, notes, 'local', ({ docs }) => docs.get('n1'))
  expect((await again)?.body).toEqual({ words: 'deploy' })
  expect(at.calls()).toEqual([])
})

it("an endpoint of DynamoDB's that is not AWS's is refused, unless it is accepted knowingly", async () => {
  const at = await desk()
  const { AWS_ENDPOINT_URL, SENTINEL_INSECURE_ENDPOINT: _, ...env } = at.env
  const deps = gatewayOf({ ...at, env: { ...env, AWS_ENDPOINT_URL_DYNAMODB: AWS_ENDPOINT_URL } })
  const use = withTable({ deps, reach: () => reachOf(deps, false) }, notes, 'sentinel-requests', ({ docs }) =>
    docs.get('n1'),
  )
  await expect(use).rejects.toMatchObject({ code: 'ENDPOINT_INSECURE' })
  const ways = openWays(deps)
  await openProfile(deps, { profile: 'alice', region: undefined, insecureEndpoint: true }, ways)
  expect(ways.circumstances()).toMatchObject({ endpoint: `${AWS_ENDPOINT_URL}/` })
})
