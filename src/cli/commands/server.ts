import { Secret, SentinelError } from '../../base/index.ts'
import { type Machine, variable } from '../../machine/index.ts'
import {
  type DevServer,
  type RunningServer,
  readServerConfiguration,
  type ServerDeps,
  startDevServer,
  startServer,
} from '../../server/index.ts'
import { command } from '../command.ts'
import type { Deps } from '../deps.ts'
import type { Output } from '../io.ts'
import { type PatientOutput, patientOutput } from '../patient-output.ts'
import { openServerLog, type ServerLog } from '../server-log.ts'

const usualAddress = '127.0.0.1:8200'

export const server = command({
  name: 'server',
  group: 'server',
  summary: "Run the policy server, behind Vault's API",
  description: [
    "With --config it runs as a file of HCL or JSON says, in Vault's own words: listeners, storage, audit_dirs. It begins " +
      'sealed, and what it stores is encrypted. SIGTERM or SIGINT ends it: answers that are under way are given first. ' +
      'SIGHUP opens audit files and certificates anew.',
    'With --dev it is for development: everything is in memory and gone when it ends, nothing is sealed, and whoever has ' +
      'the root token may do everything. It listens on the loopback.',
  ],
  examples: [
    'sentinel server --config /etc/sentinel/server.hcl',
    'sentinel server --dev',
    'sentinel server -dev -dev-listen-address=127.0.0.1:0 -dev-root-token-id=root',
  ],
  flags: {
    config: {
      type: 'string',
      placeholder: 'file',
      help: 'configuration: HCL or JSON',
      again: 'give one file',
    },
    dev: { type: 'boolean', help: 'in memory and unsealed, for development' },
    listen: {
      type: 'string',
      placeholder: 'address',
      aliases: ['dev-listen-address'],
      help: `with --dev, the loopback address and port (default ${usualAddress})`,
    },
    rootToken: {
      type: 'string',
      placeholder: 'token',
      aliases: ['dev-root-token-id'],
      help: 'with --dev, the root token; one is made where it is missing',
    },
  },
  async run(deps, { config, dev, listen, rootToken }) {
    if (dev === (config !== undefined))
      throw new SentinelError('USAGE', 'a server runs either for development or as a file says', {
        hint: 'give --config FILE or --dev',
      })
    if (config !== undefined) {
      if (listen !== undefined || rootToken !== undefined)
        throw new SentinelError('USAGE', 'an address or a root token goes with --dev only', {
          hint: 'name the listeners in the file',
        })
      return withLog(deps, (server) => configured(deps, server, config))
    }
    if (rootToken !== undefined && !/^[!-~]+$/.test(rootToken))
      throw new SentinelError('USAGE', 'a root token has neither blanks nor characters beyond ASCII', {
        hint: 'leave --root-token out, and one is made',
      })
    const options = {
      ...loopback(listen ?? usualAddress),
      rootToken: rootToken === undefined ? undefined : new Secret(rootToken),
    }
    return withLog(deps, async (server) => {
      const running = await startDevServer(server, options)
      deps.io.stdout.write(welcome(running))
      return running
    })
  },
})

/** Runs a server until it is ended; what it has said is written then. */
async function withLog(deps: Deps, start: (server: ServerDeps) => Promise<RunningServer>): Promise<number> {
  const { io, clock, machine } = deps
  const log = openServerLog({ clock, wait: machine.wait }, outputOf(io.stderr, machine))
  try {
    return await untilEnded(deps, await start(serverDeps(deps, log)))
  } finally {
    await log.end()
  }
}

async function configured(deps: Deps, server: ServerDeps, file: string): Promise<RunningServer> {
  const source = { name: file, text: deps.readText(file) }
  const configuration = await readServerConfiguration(source, deps.resolve)
  const running = await startServer(server, configuration)
  const { storage } = configuration
  const where =
    storage.kind === 'lmdb' ? `storage lmdb in ${storage.path}` : 'storage inmem, gone when it ends'
  deps.io.stdout.write(
    [
      `Sentinel listens at ${running.urls.join(', ')}, ${where}.`,
      'It is sealed: `sentinel vault operator init` for a new storage, `sentinel vault operator unseal` otherwise.',
      '',
    ].join('\n'),
  )
  return running
}

async function untilEnded(deps: Deps, running: RunningServer): Promise<number> {
  const deaf = deps.io.onSignal('SIGHUP', () => void running.reopen())
  await ended(deps)
  deaf()
  await running.close()
  return 0
}

function serverDeps({ io, machine, platform }: Deps, log: ServerLog): ServerDeps {
  const named = variable(platform, io.env, platform.fileModes ? 'TMPDIR' : 'TEMP')
  return {
    machine,
    temporary: [...(named === undefined ? [] : [named]), ...(platform.fileModes ? ['/tmp'] : [])],
    stdout: outputOf(io.stdout, machine),
    log: log.say,
  }
}

/** Requests must not wait for whoever reads the output, or does not. */
function outputOf(output: Output, machine: Machine): PatientOutput {
  if (output.fd !== undefined) return patientOutput(machine, output.fd)
  return async (bytes) => output.write(Buffer.from(bytes).toString())
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

function welcome({ urls: [url = ''], rootToken, share }: DevServer): string {
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
