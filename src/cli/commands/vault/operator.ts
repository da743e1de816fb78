import { SentinelError } from '../../../base/index.ts'
import type { VaultBody } from '../../../vault/index.ts'
import type { Flags } from '../../command.ts'
import { rowsText, type Session } from '../../vault/session.ts'
import { vaultCommand } from '../../vault/vault-command.ts'
import { sealRows } from './status.ts'

const shareFlags = {
  keyShares: {
    type: 'string',
    default: '5',
    short: 'n',
    placeholder: 'number',
    help: 'how many shares to make',
  },
  keyThreshold: {
    type: 'string',
    default: '3',
    short: 't',
    placeholder: 'number',
    help: 'how many of them unseal',
  },
} as const satisfies Flags

/** @throws SentinelError USAGE */
function sharing({ keyShares, keyThreshold }: { readonly keyShares: string; readonly keyThreshold: string }) {
  const [shares, threshold] = [Number(keyShares), Number(keyThreshold)]
  if (!Number.isInteger(shares) || !Number.isInteger(threshold))
    throw new SentinelError('USAGE', '`-key-shares` and `-key-threshold` are numbers')
  return { secret_shares: shares, secret_threshold: threshold }
}

const keyOf = { help: 'one share of the key, - for stdin; typed where it is missing' } as const

const share = (session: Session, given: string | undefined) =>
  session.secret(given, 'Share of the key (not shown):', 'give it on stdin: write - in its place')

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
    status: { type: 'boolean', help: 'only tell, by exit status 2, whether it is still to be done' },
  },
  async act(session, { status, ...given }) {
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
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

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

const keyLines = (body: VaultBody, noun: string) =>
  texts(body.keys_base64)
    .map((key, index) => `${noun} ${index + 1}: ${key}\n`)
    .join('')

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
    session.say('Success! The server is sealed.')
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

const attemptFlags = {
  init: { type: 'boolean', help: 'begin' },
  cancel: { type: 'boolean', help: 'give up what was begun' },
  status: { type: 'boolean', help: 'show how far it is' },
  nonce: { type: 'string', placeholder: 'text', help: 'name of what was begun (default: what is under way)' },
} as const satisfies Flags

/** Which attempt a share is for: the one that is under way, unless it is named. */
async function nonceOf(session: Session, path: string, given: string | undefined): Promise<unknown> {
  if (given !== undefined) return given
  const { body = {} } = await session.ask({ method: 'GET', path })
  if (body.started !== true)
    throw new SentinelError('USAGE', 'nothing is under way', { hint: 'begin with -init' })
  return body.nonce
}

const attemptRows = (body: VaultBody) =>
  rowsText([
    ['Nonce', body.nonce],
    ['Started', body.started],
    ['Progress', `${body.progress ?? 0}/${body.required ?? body.t}`],
    ...(body.complete === undefined ? [] : [['Complete', body.complete] as const]),
    ...(typeof body.otp === 'string' && body.otp !== '' ? [['OTP', body.otp] as const] : []),
    ...(typeof body.otp_length === 'number' ? [['OTP Length', body.otp_length] as const] : []),
    ...(body.verification_required === undefined
      ? []
      : [['Verification Required', body.verification_required] as const]),
    ...(typeof body.verification_nonce === 'string' && body.verification_nonce !== ''
      ? [['Verification Nonce', body.verification_nonce] as const]
      : []),
  ])

export const operatorRekey = vaultCommand({
  name: 'operator rekey',
  summary: 'Make new shares of the key, with the consent of those who hold the old ones',
  description: [
    'It is begun with -init; then each holder gives a share, until there are enough and the new ones are printed. With -verify ' +
      'the new ones count only when enough of them were given back: -target=verification.',
  ],
  examples: [
    'sentinel vault operator rekey -init -key-shares=5 -key-threshold=3',
    'sentinel vault operator rekey',
    'sentinel vault operator rekey -target=verification - < new-share.txt',
    'sentinel vault operator rekey -status',
  ],
  flags: {
    ...attemptFlags,
    ...shareFlags,
    verify: { type: 'boolean', help: 'with -init: the new shares must be given back before they count' },
    target: {
      type: 'choice',
      choices: ['barrier', 'verification'],
      default: 'barrier',
      help: 'what the share is for',
    },
  },
  positionals: { key: keyOf },
  async act(session, { key, init, cancel, status, nonce, verify, target, ...given }) {
    const begun = target === 'barrier' ? 'sys/rekey/init' : 'sys/rekey/verify'
    const show = ({ body }: { readonly body: VaultBody | undefined }) =>
      session.print(body, attemptRows(body ?? {}))
    if (init) {
      const body = { ...sharing(given), require_verification: verify }
      show(await session.ask({ method: 'PUT', path: begun, body }))
    } else if (cancel) {
      await session.ask({ method: 'DELETE', path: begun })
      session.say('Success! Canceled rekeying (if it was started)')
    } else if (status) show(await session.ask({ method: 'GET', path: begun }))
    else {
      const path = target === 'barrier' ? 'sys/rekey/update' : 'sys/rekey/verify'
      const body = { nonce: await nonceOf(session, begun, nonce), key: (await share(session, key)).reveal() }
      const answer = await session.ask({ method: 'PUT', path, body })
      if (texts(answer.body?.keys_base64).length === 0) show(answer)
      else session.print(answer.body, rekeyText(answer.body ?? {}))
    }
    return undefined
  },
})

const rekeyText = (body: VaultBody) =>
  `${keyLines(body, 'Key')}\nOperation nonce: ${body.nonce}\n` +
  (body.verification_required === true
    ? `Verification nonce: ${body.verification_nonce}\n\nThe old keys count until enough of these were given with -target=verification.\n`
    : '\nThese keys unseal the server from now on; the old ones no longer do.\n')

export const operatorGenerateRoot = vaultCommand({
  name: 'operator generate-root',
  summary: 'Make a root token, with the consent of those who hold shares of the key',
  description: [
    'It is begun with -init, which prints a one-time password; then each holder gives a share, until the token is printed in an ' +
      'encoding. -decode with the password makes it readable, without a server.',
  ],
  examples: [
    'sentinel vault operator generate-root -init',
    'sentinel vault operator generate-root',
    'sentinel vault operator generate-root -decode=EzZpKxUq -otp=9cPa3sGrpL',
  ],
  flags: {
    ...attemptFlags,
    otp: { type: 'string', placeholder: 'text', help: 'the one-time password, with -init or -decode' },
    decode: { type: 'string', placeholder: 'text', help: 'the encoded token; needs -otp' },
    generateOtp: { type: 'boolean', help: 'print a one-time password' },
  },
  positionals: { key: keyOf },
  async act(session, { key, init, cancel, status, nonce, otp, decode, generateOtp }) {
    const begun = 'sys/generate-root/attempt'
    const show = ({ body }: { readonly body: VaultBody | undefined }) =>
      session.print(body, attemptRows(body ?? {}))
    if (decode !== undefined) session.print({ token: decoded(decode, otp) }, `${decoded(decode, otp)}\n`)
    else if (generateOtp) session.say(oneTimePassword(session))
    else if (init) show(await session.ask({ method: 'PUT', path: begun, body: { otp } }))
    else if (cancel) {
      await session.ask({ method: 'DELETE', path: begun })
      session.say('Success! Root token generation canceled (if it was started)')
    } else if (status) show(await session.ask({ method: 'GET', path: begun }))
    else {
      const body = { nonce: await nonceOf(session, begun, nonce), key: (await share(session, key)).reveal() }
      const answer = await session.ask({ method: 'PUT', path: 'sys/generate-root/update', body })
      const encoded = answer.body?.encoded_root_token
      const more = typeof encoded === 'string' && encoded !== '' ? `Encoded Token  ${encoded}\n` : ''
      session.print(answer.body, attemptRows(answer.body ?? {}) + more)
    }
    return undefined
  },
})

/** A token hidden under a password of the same length: byte for byte. @throws SentinelError USAGE */
function decoded(encoded: string, otp: string | undefined): string {
  const hidden = Buffer.from(encoded, 'base64')
  const password = Buffer.from(otp ?? '')
  if (otp === undefined)
    throw new SentinelError('USAGE', '`-otp` is missing', { hint: 'it was printed by -init' })
  if (password.length !== hidden.length)
    throw new SentinelError(
      'USAGE',
      `the token has ${hidden.length} bytes and the password ${password.length}`,
    )
  return Buffer.from(hidden.map((byte, index) => byte ^ (password[index] ?? 0))).toString()
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** As many letters as a root token has; each equally likely. */
function oneTimePassword({ deps }: Session): string {
  const fair = 256 - (256 % letters.length)
  let password = ''
  while (password.length < 28)
    for (const byte of deps.random.bytes(64))
      if (byte < fair && password.length < 28) password += letters[byte % letters.length]
  return password
}
