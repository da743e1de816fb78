// An unsealed server with a policy writer's tools: governing policies, holders of tokens, an audit file in memory, and
// answers with their statuses.

import { onTestFinished } from 'vitest'
import { codes, SentinelError } from '../base/index.ts'
import { type CoreKit, coreKit } from './core.fake.ts'
import type { Data, Operation, Request } from './door.ts'
import { isObject, textToJson } from './http/json.ts'

/** What an answer came to: its status, its body or the text of its error. */
export type Seen = { readonly status: number; readonly body: Data; readonly error: string }

export type GovernedKit = Awaited<ReturnType<typeof governedKit>>

/** How a test writes a policy. */
export type Writing = {
  readonly level?: 'advisory' | 'soft-mandatory' | 'hard-mandatory'
  readonly paths?: readonly string[] | string
}

/** Opens one with an audit device that writes to the standard output. */
export async function governedKit(given: Partial<Parameters<typeof coreKit>[1]> = {}) {
  const written: string[] = []
  const stdout = async (bytes: Uint8Array) => {
    written.push(Buffer.from(bytes).toString())
  }
  const kit: CoreKit = await coreKit(undefined, { stdout, ...given })
  onTestFinished(() => kit.core.close())
  const root = (await kit.core.develop()).rootToken.reveal()
  await kit.ask('update', 'sys/audit/all', root, { type: 'file', options: { file_path: 'stdout' } })
  /** Asks as somebody, and says what came of it. */
  const see = async (
    operation: Operation,
    path: string,
    token = '',
    body: Record<string, unknown> = {},
    more: Partial<Request> = {},
  ): Promise<Seen> => {
    try {
      return { status: 200, body: await kit.ask(operation, path, token, body, more), error: '' }
    } catch (thrown) {
      if (!(thrown instanceof SentinelError)) throw thrown
      return { status: codes[thrown.code].http, body: {}, error: thrown.message }
    }
  }
  const write = (kind: 'rgp' | 'egp', name: string, policy: string, { level, paths }: Writing = {}) =>
    see('update', `sys/policies/${kind}/${name}`, root, {
      policy,
      enforcement_level: level ?? 'hard-mandatory',
      ...(kind === 'egp' && { paths: paths ?? ['*'] }),
    })
  const acl = (name: string, text: string) =>
    kit.ask('update', `sys/policies/acl/${name}`, root, { policy: text })
  /** A token with these policies, and what its making says. */
  const holder = async (...policies: readonly string[]) => {
    const { auth } = await kit.ask('update', 'auth/token/create', root, { policies, no_default_policy: true })
    return String(isObject(auth ?? null) ? (auth as Data).client_token : '')
  }
  /** The entries of the audit device so far. */
  const audited = (): readonly Data[] =>
    written
      .join('')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => textToJson(line))
      .filter((entry) => isObject(entry))
  return { ...kit, root, see, write, acl, holder, audited }
}

/** Leave to do anything with anything: what governs is all that can refuse. */
export const everything = 'path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }'
