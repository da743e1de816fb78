import type { VaultBody } from '../../../vault/index.ts'
import { rowsText, type Session } from '../../vault/session.ts'
import { vaultCommand } from '../../vault/vault-command.ts'
import { keyLines, keyOf, refusePgp, share, shareFlags, sharing } from './shares.ts'
import { sealRows } from './status.ts'

export const operatorInit = vaultCommand({
  name: 'operator init',
  summary: 'Initialise a server: make its keys and its first root token',
  description: [
    'What is printed is printed once. Give each share to somebody else, and nobody the root token for long.',
  ],
  examples: [
    'sentinel vault operator init',
    'sentinel vault operator init -key-shares=1 -key-threshold=1 -format=json',
  ],
  flags: {
    ...shareFlags,
    rootTokenPgpKey: { type: 'string', hidden: true, help: 'refused' },
    status: { type: 'boolean', help: 'only tell, by exit status 2, whether it is still to be done' },
  },
  async act(session, { status, rootTokenPgpKey, ...given }) {
    if (rootTokenPgpKey !== undefined) refusePgp('-root-token-pgp-key')
    if (status) {
      const { body = {} } = await session.ask({ method: 'GET', path: 'sys/init' })
      session.print(body, `The server is ${body.initialized === true ? '' : 'not '}initialized.\n`)
      return body.initialized === true ? 0 : 2
    }
    const asked = sharing(given)
    const { body = {} } = await session.ask({ method: 'PUT', path: 'sys/init', body: asked })
    session.print(initDocument(body, asked), initText(body, asked))
    return undefined
  },
})

type Sharing = ReturnType<typeof sharing>

/** The names that scripts for Vault's client look for. */
const initDocument = (body: VaultBody, { secret_shares: shares, secret_threshold: threshold }: Sharing) => ({
  unseal_keys_b64: body.keys_base64,
  unseal_keys_hex: body.keys,
  unseal_shares: shares,
  unseal_threshold: threshold,
  recovery_keys_b64: [],
  recovery_keys_hex: [],
  recovery_keys_shares: 0,
  recovery_keys_threshold: 0,
  root_token: body.root_token,
})

const initText = (body: VaultBody, { secret_threshold: threshold }: Sharing) =>
  `${keyLines(body, 'Unseal Key')}\nInitial Root Token: ${body.root_token}\n\n` +
  `The server is initialized, and sealed: ${threshold} of these keys unseal it, each time that it starts. Nobody can make them\nagain: keep each in a place of its own.\n`

export const operatorUnseal = vaultCommand({
  name: 'operator unseal',
  summary: 'Give one share of the key that unseals the server',
  examples: ['sentinel vault operator unseal', 'sentinel vault operator unseal - < share.txt'],
  flags: { reset: { type: 'boolean', help: 'forget the shares that were given so far' } },
  positionals: { key: keyOf },
  async act(session, { key, reset }) {
    const body = reset ? { reset: true } : { key: (await share(session, key)).reveal() }
    const answer = await session.ask({ method: 'PUT', path: 'sys/unseal', body })
    session.print(answer.body, rowsText(sealRows(answer.body ?? {})))
    return undefined
  },
})

export const operatorSeal = vaultCommand({
  name: 'operator seal',
  summary: 'Seal the server: nothing is given out until it is unsealed',
  examples: ['sentinel vault operator seal'],
  flags: {},
  async act(session) {
    await session.ask({ method: 'PUT', path: 'sys/seal' })
    session.done('Success! The server is sealed.')
    return undefined
  },
})

export const operatorRotate = vaultCommand({
  name: 'operator rotate',
  summary: 'Have a new key encrypt what is stored from now on',
  examples: ['sentinel vault operator rotate'],
  flags: {},
  async act(session) {
    await session.ask({ method: 'PUT', path: 'sys/rotate' })
    await showKeyStatus(session)
    return undefined
  },
})

export const operatorKeyStatus = vaultCommand({
  name: 'operator key-status',
  summary: 'Show which key encrypts what is stored, and since when',
  examples: ['sentinel vault operator key-status'],
  flags: {},
  async act(session) {
    await showKeyStatus(session)
    return undefined
  },
})

async function showKeyStatus(session: Session): Promise<void> {
  const { body } = await session.ask({ method: 'GET', path: 'sys/key-status' })
  const data = (body?.data ?? {}) as VaultBody
  session.print(
    body,
    rowsText([
      ['Key Term', data.term],
      ['Install Time', data.install_time],
      ['Encryption Count', data.encryptions],
    ]),
  )
}
