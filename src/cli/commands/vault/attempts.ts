// What takes several people: each gives a share of the key, until there are enough.

import { SentinelError } from '../../../base/index.ts'
import type { VaultAnswer, VaultBody } from '../../../vault/index.ts'
import type { Flags, Values } from '../../command.ts'
import { rowsText, type Session } from '../../vault/session.ts'
import { vaultCommand } from '../../vault/vault-command.ts'
import { keyLines, keyOf, refusePgp, share, shareFlags, sharing, texts } from './shares.ts'

const attemptFlags = {
  init: { type: 'boolean', help: 'begin' },
  cancel: { type: 'boolean', help: 'give up what was begun' },
  status: { type: 'boolean', help: 'show how far it is' },
  nonce: { type: 'string', placeholder: 'text', help: 'name of what was begun (default: what is under way)' },
} as const satisfies Flags

/** Which attempt a share is for: the one that is under way, unless it is named. */
async function nonceOf(session: Session, path: string, given: string | undefined): Promise<unknown> {
  if (given !== undefined) return given
  const said = saidBy((await session.ask({ method: 'GET', path, isOnTheWay: true })).body)
  if (said.started !== true)
    throw new SentinelError('USAGE', 'nothing is under way', { hint: 'begin with -init' })
  return said.nonce
}

/** Behind a token answers have an envelope. */
const saidBy = (body: VaultBody = {}): VaultBody =>
  typeof body.data === 'object' && body.data !== null ? (body.data as VaultBody) : body

const showAttempt = (session: Session, { body = {} }: VaultAnswer) =>
  session.print(body, attemptRows(saidBy(body)))

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

type Step = {
  /** Where it is begun, looked at and given up. */
  readonly begun: string
  readonly asked: Values<typeof attemptFlags, Record<never, never>>
  readonly beginning: VaultBody
  readonly canceled: string
}

/** Begins, gives up or shows an attempt; false where a share is what is meant. */
async function takeStep(session: Session, { begun, asked, beginning, canceled }: Step): Promise<boolean> {
  if (asked.init) showAttempt(session, await session.ask({ method: 'PUT', path: begun, body: beginning }))
  else if (asked.cancel) {
    await session.ask({ method: 'DELETE', path: begun })
    session.done(`Success! ${canceled} (if it was started)`)
  } else if (asked.status) showAttempt(session, await session.ask({ method: 'GET', path: begun }))
  else return false
  return true
}

type Giving = {
  readonly begun: string
  readonly path: string
  readonly nonce: string | undefined
  readonly key: string | undefined
}

async function giveShare(session: Session, { begun, path, nonce, key }: Giving): Promise<VaultAnswer> {
  const body = { nonce: await nonceOf(session, begun, nonce), key: (await share(session, key)).reveal() }
  return session.ask({ method: 'PUT', path, body })
}

type Rekeying = {
  readonly name: string
  readonly summary: string
  readonly description: string
  /** Where the API has it. */
  readonly api: string
}

/** Both do the same: one for whoever holds shares, the other for whoever has a token that may as well. */
const rekeying = ({ name, summary, description, api }: Rekeying) =>
  vaultCommand({
    name: `operator ${name}`,
    summary,
    description: [
      description,
      'It is begun with -init; then each holder gives a share, until there are enough and the new ones are printed. Begun with ' +
        '-init -verify, the new ones count only when enough of them were given back, with -verify.',
    ],
    examples: [
      `sentinel vault operator ${name} -init -key-shares=5 -key-threshold=3`,
      `sentinel vault operator ${name}`,
      `sentinel vault operator ${name} -verify - < new-share.txt`,
      `sentinel vault operator ${name} -status`,
    ],
    flags: {
      ...attemptFlags,
      ...shareFlags,
      verify: {
        type: 'boolean',
        help: 'give back one of the new shares; with -init: they must be given back',
      },
      target: { type: 'choice', choices: ['barrier'], hidden: true, help: 'the only key there is' },
    },
    positionals: { key: keyOf },
    async act(session, { key, verify, ...asked }) {
      const begun = `${api}/${verify && !asked.init ? 'verify' : 'init'}`
      const beginning = asked.init ? { ...sharing(asked), require_verification: verify } : {}
      if (await takeStep(session, { begun, asked, beginning, canceled: 'Canceled rekeying' }))
        return undefined
      const path = `${api}/${verify ? 'verify' : 'update'}`
      const answer = await giveShare(session, { begun, path, nonce: asked.nonce, key })
      const said = saidBy(answer.body)
      if (texts(said.keys_base64).length === 0) showAttempt(session, answer)
      else session.print(answer.body, rekeyText(said))
      return undefined
    },
  })

const rekeyText = (body: VaultBody) =>
  `${keyLines(body, 'Key')}\nOperation nonce: ${body.nonce}\n` +
  (body.verification_required === true
    ? `Verification nonce: ${body.verification_nonce}\n\nThe old keys count until enough of these were given back with -verify.\n`
    : '\nThese keys unseal the server from now on; the old ones no longer do.\n')

export const operatorRekey = rekeying({
  name: 'rekey',
  summary: 'Make new shares of the key, with the consent of those who hold the old ones',
  description: 'No token is needed: the shares are what counts.',
  api: 'sys/rekey',
})

export const operatorRotateKeys = rekeying({
  name: 'rotate-keys',
  summary: 'Make new shares of the key, by a token that may and those who hold the old ones',
  description: 'Policies and audit devices see it: the token needs `sudo` on `sys/rotate/root/*`.',
  api: 'sys/rotate/root',
})

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
    pgpKey: { type: 'string', hidden: true, help: 'refused' },
  },
  positionals: { key: keyOf },
  async act(session, { key, otp, decode, generateOtp, pgpKey, ...asked }) {
    if (pgpKey !== undefined) refusePgp('-pgp-key')
    const begun = 'sys/generate-root/attempt'
    const canceled = 'Root token generation canceled'
    if (decode !== undefined) session.print({ token: decoded(decode, otp) }, `${decoded(decode, otp)}\n`)
    else if (generateOtp) session.say(oneTimePassword(session))
    else if (!(await takeStep(session, { begun, asked, beginning: { otp }, canceled }))) {
      const path = 'sys/generate-root/update'
      const answer = await giveShare(session, { begun, path, nonce: asked.nonce, key })
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
