// Which headers of requests are written down: none, until somebody asks for one. Their names are no secret; their values
// are hashed where that was asked for too.

import { SentinelError } from '../../base/index.ts'
import type { AuditStore } from './table.ts'

/** Names in lower case. */
export type AuditedHeaders = ReadonlyMap<string, { readonly hmac: boolean }>

/** The headers that are written down. */
export interface HeaderTable {
  all(): AuditedHeaders
  /** @throws SentinelError REQUEST_INVALID where this can be no name of a header */
  write(name: string, setting: { readonly hmac: boolean }): Promise<void>
  /** Nothing happens where it is not written down. */
  remove(name: string): Promise<void>
}

/** Tokens and cookies never come so far (src/server/http/wire.ts). */
const passcodes = new Set(['x-vault-mfa'])

const key = 'sys/config/auditing/request-headers'

/** Reads from the storage which headers there are. */
export async function openHeaderTable(store: AuditStore): Promise<HeaderTable> {
  let headers: AuditedHeaders = await read(store)
  const keep = async (next: AuditedHeaders): Promise<void> => {
    const value = Buffer.from(JSON.stringify([...next]))
    await store.batch([{ kind: 'put', key, value, expected: 'anything' }])
    headers = next
  }
  return {
    all: () => headers,
    async write(name, { hmac }) {
      // RFC 9110 5.6.2: a token.
      if (!/^[!#$%&'*+.^_`|~\w-]{1,256}$/.test(name))
        throw new SentinelError('REQUEST_INVALID', 'this is no name of a header')
      if (passcodes.has(name.toLowerCase()) && !hmac)
        throw new SentinelError(
          'REQUEST_INVALID',
          `the header ${name} has passcodes: it is written down hashed`,
          {
            hint: 'write it with hmac=true',
          },
        )
      await keep(new Map([...headers, [name.toLowerCase(), { hmac }]]))
    },
    async remove(name) {
      await keep(new Map([...headers].filter(([each]) => each !== name.toLowerCase())))
    },
  }
}

async function read(store: AuditStore): Promise<AuditedHeaders> {
  const entry = await store.get(key)
  if (entry === undefined) return new Map()
  return new Map(JSON.parse(Buffer.from(entry.value).toString()) as [string, { hmac: boolean }][])
}
