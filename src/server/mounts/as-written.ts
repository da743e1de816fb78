// Secrets that are given back as they were written: KV version 1 and cubbyholes differ in where they lie and in what a
// reader is told of their lease.

import { SentinelError } from '../../base/index.ts'
import type { Kv } from '../../store/index.ts'
import { RawJson, type Response } from '../door.ts'
import { jsonToText } from '../http/json.ts'
import { foldersOf } from './folders.ts'
import { type Call, type Context, type Path, path } from './path.ts'

type Whose = Pick<Call, 'params' | 'holder'>

/** What differs. */
export type AsWritten = {
  readonly summary: string
  /** @throws SentinelError where whoever calls has none */
  storeOf(context: Context, whose: Whose): Kv
  /** @param text the secret, as JSON */
  leaseOf(context: Context, text: string): Response['lease']
}

/** One path under which everything lies. */
export function asWritten({ summary, storeOf, leaseOf }: AsWritten): Path {
  return path({
    pattern: ':path*',
    summary,
    fields: {},
    pure: true,
    exists: async (context, call) => (await storeOf(context, call).get(keyOf(call))) !== undefined,
    operations: {
      async read(context, call) {
        const entry = await storeOf(context, call).get(keyOf(call))
        if (entry === undefined) return { status: 404 }
        const data = new RawJson(Buffer.from(entry.value).toString())
        const lease = leaseOf(context, data.text)
        return { data, ...(lease !== undefined && { lease }) }
      },
      list: (context, call) => foldersOf(storeOf(context, call), call.params.path ?? ''),
      async write(context, call) {
        const key = keyOf(call)
        if (call.params.path === '' || key.endsWith('/'))
          throw new SentinelError('REQUEST_INVALID', "cannot write to a path ending in '/'")
        if (Object.keys(call.request.data).length === 0)
          throw new SentinelError('REQUEST_INVALID', 'missing data fields')
        const value = Buffer.from(jsonToText(call.request.data))
        await storeOf(context, call).batch([{ kind: 'put', key, value, expected: 'anything' }])
        return {}
      },
      async delete(context, call) {
        await storeOf(context, call).batch([{ kind: 'delete', key: keyOf(call), expected: 'anything' }])
        return {}
      },
    },
  })
}

/** A folder has no key, and a store none that is empty: both are names that nothing can have. */
const keyOf = ({ params }: Whose) => (params.path === '' ? '/' : (params.path ?? '/'))
