import { describe, onTestFinished, test } from 'vitest'
import { Secret } from '../../src/base/index.ts'
import { fakeMachine, freshFolder } from '../../src/machine/machine.fake.ts'
import { readServerConfiguration, startDevServer, startServer } from '../../src/server/index.ts'
import { journeys, placeAt, sealedJourney } from './node-vault.ts'

const deps = () => ({ machine: fakeMachine(), temporary: [], stdout: async () => {}, log: () => {} })

describe('with node-vault', () => {
  for (const { name, run } of journeys)
    test(name, async () => {
      const options = { host: '127.0.0.1', port: 0, rootToken: new Secret('root') }
      const server = await startDevServer(deps(), options)
      onTestFinished(() => server.close())
      await run(placeAt(server.urls[0] ?? '', 'root'))
    })

  test(sealedJourney.name, async () => {
    const folder = freshFolder()
    const text = 'listener "tcp" {\n address = "127.0.0.1:0"\n tls_disable = true\n}\nstorage "inmem" {}'
    const source = { name: 'server.hcl', text }
    const server = await startServer(deps(), await readServerConfiguration(source, () => folder))
    onTestFinished(() => server.close())
    await sealedJourney.run(server.urls[0] ?? '')
  })
})
