import { printable, Secret, SentinelError, toTimestamp } from '../../base/index.ts'
import { variable } from '../../machine/index.ts'
import { type DevServer, type ServerDeps, startDevServer } from '../../server/index.ts'
import { command } from '../command.ts'
import type { Deps } from '../deps.ts'

const usualAddress = '127.0.0.1:8200'

export const server = command({
  name: 'server',
  summary: "Run the policy server, behind Vault's API",
  description: [
    'Only for development as yet: everything is in memory and gone when it ends, nothing is sealed, and whoever has the ' +
      'root token may do everything. It listens on the loopback.',
  ],
  examples: ['sentinel server --dev', 'sentinel server --dev --listen 127.0.0.1:0 --root-token root'],
  flags: {
    dev: { type: 'boolean', help: 'in memory and unsealed, for development' },
    listen: {
      type: 'string',
      placeholder: 'address',
      default: usualAddress,
      help: 'loopback address and port',
    },
    rootToken: { type: 'string', placeholder: 'token', help: 'root token; one is made where it is missing' },
  },
  async run(deps, { dev, listen, rootToken }) {
    if (!dev)
      throw new SentinelError('USAGE', 'the server runs for development only as yet', { hint: 'give --dev' })
    const running = await startDevServer(serverDeps(deps), {
      ...loopback(listen),
      rootToken: rootToken === undefined ? undefined : new Secret(rootToken),
    })
    deps.io.stdout.write(welcome(running))
    const deaf = deps.io.onSignal('SIGHUP', () => void running.reopen())
    await ended(deps)
    deaf()
    await running.close()
    return 0
  },
})

function serverDeps({ io, clock, machine, platform }: Deps): ServerDeps {
  const named = variable(platform, io.env, platform.fileModes ? 'TMPDIR' : 'TEMP')
  return {
    machine,
    temporary: [...(named === undefined ? [] : [named]), ...(platform.fileModes ? ['/tmp'] : [])],
    stdout: async (bytes) => io.stdout.write(Buffer.from(bytes).toString()),
    log: (message) => io.stderr.write(`${toTimestamp(clock.now())} ${printable(message)}\n`),
  }
}

/** A server without a seal is nobody else's business. */
function loopback(address: string): { readonly host: string; readonly port: number } {
  const [, host = '', digits = ''] = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost):(\d{1,5})$/.exec(address) ?? []
  const port = Number(digits)
  if (host !== '' && port <= 65_535) return { host: host.replace(/[[\]]/g, ''), port }
  throw new SentinelError('USAGE', `\`${address}\` is no address of the loopback with a port`, {
    hint: `write it like ${usualAddress}`,
  })
}

function welcome({ url, rootToken, share }: DevServer): string {
  return [
    `Sentinel listens at ${url}, in memory and unsealed: for development only.`,
    '',
    `  export VAULT_ADDR='${url}'`,
    `  Unseal key: ${Buffer.from(share).toString('base64')}`,
    `  Root token: ${rootToken.reveal()}`,
    '',
    '',
  ].join('\n')
}

function ended({ io }: Deps): Promise<void> {
  return new Promise((resolve) => {
    const off = (['SIGINT', 'SIGTERM'] as const).map((signal) =>
      io.onSignal(signal, () => {
        for (const stop of off) stop()
        resolve()
      }),
    )
  })
}
