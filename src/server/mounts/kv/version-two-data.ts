// The paths of KV version 2 that are about what secrets say: reading, writing, changing and deleting versions.

import { SentinelError, type Soon, soon } from '../../../base/index.ts'
import type { Kv } from '../../../store/index.ts'
import { type Data, type Json, RawJson, type Response } from '../../door.ts'
import { isObject, jsonToText, textToJson } from '../../http/json.ts'
import { readFields } from '../fields.ts'
import { type Context, type Path, path } from '../path.ts'
import { mergePatched } from './merge-patch.ts'
import { subkeysOf } from './subkeys.ts'
import { currentOf, customOf, type Head, headKey, saying, timesOf, versionText } from './version-two-rows.ts'
import {
  addVersion,
  type Change,
  changeSecret,
  destroy,
  readConfig,
  readHead,
  readVersion,
  sweep,
} from './version-two-store.ts'
import {
  isGone,
  requireCas,
  type Versioned,
  type VersionInfo,
  withDeleted,
  withUndeleted,
} from './versioned.ts'

const versionField = {
  version: { type: 'int', help: 'which version; the current one where it is 0' },
} as const
const writing = {
  ...versionField,
  data: { type: 'json', help: 'what the secret is to say: an object' },
  options: { type: 'json', help: '`cas`: the version that is being replaced, 0 where there is to be none' },
} as const

const dataPath = path({
  pattern: 'data/:path*',
  summary: 'Reads, writes, changes and deletes what a secret says',
  fields: writing,
  pure: true,
  exists: async ({ store }, { params }) => (await store.get(headKey(params.path ?? ''))) !== undefined,
  operations: {
    read: (context, { params, fields }) => readData(context, params.path ?? '', fields.version ?? 0),
    write: (context, { params, fields }) =>
      write(context, writable(params.path), fields, () => jsonToText(objectIn(fields.data))),
    patch: (context, { params, fields }) => patch(context, writable(params.path), fields),
    async delete({ store, clock }, { params }) {
      await changeSecret(store, params.path ?? '', (before) =>
        changed(before, (secret) => withDeleted(secret, [secret.current], clock.now())),
      )
      return {}
    },
  },
})

type Written = { readonly data: Json | undefined; readonly options: Json | undefined }

/** Reading the current version is one read of the storage, and nothing of it is parsed. */
function readData(context: Context, name: string, asked: number): Soon<Response> {
  const { store, clock } = context
  return soon(store.get(headKey(name)), (entry): Soon<Response> => {
    if (entry === undefined) return { status: 404 }
    if (asked <= 0) {
      const { untilMs, data } = currentOf(entry)
      if (untilMs === undefined || untilMs > clock.now()) return { data }
    }
    return readOne(context, name, asked, saying)
  })
}

/** One version, or that it is gone: a 404 that says when and how. */
async function readOne(
  { store, clock }: Context,
  name: string,
  asked: number,
  shown: (text: string, metadata: string) => RawJson,
): Promise<Response> {
  const head = await readHead(store, name)
  const version = asked > 0 ? asked : (head?.secret.current ?? 0)
  const info = head?.secret.versions.get(version)
  if (head === undefined || info === undefined) return { status: 404 }
  const metadata = versionText(head.secret, version, info)
  if (isGone(info, clock.now())) return { status: 404, data: shown('null', metadata) }
  const text = version === head.secret.current ? head.text : await readVersion(store, name, version)
  // Somebody took it away between the two reads.
  return text === undefined ? { status: 404 } : { data: shown(text, metadata) }
}

/** @param text what the new version says; undefined where there is to be none */
async function write(
  { store, clock }: Context,
  name: string,
  { options }: Written,
  text: (before: Head | undefined) => string | undefined,
): Promise<Response> {
  const [config, cas] = [await readConfig(store), casIn(options)]
  const written = await changeSecret(store, name, (before) => {
    const next = text(before)
    requireCas(cas, before?.secret, config)
    return next === undefined ? undefined : addVersion(name, before, config, clock.now(), next)
  })
  if (written === undefined) return { status: 404 }
  await sweep(store, name, written)
  return { data: aboutCurrent(written) }
}

/** Nothing is changed of a version that is not given out: it is as if there were none. */
async function patch(context: Context, name: string, fields: Written): Promise<Response> {
  const change = objectIn(fields.data)
  const nowMs = context.clock.now()
  const before = await readHead(context.store, name)
  const info = before?.secret.versions.get(before.secret.current)
  if (before === undefined || info === undefined) return { status: 404 }
  if (isGone(info, nowMs)) {
    requireCas(casIn(fields.options), before.secret, await readConfig(context.store))
    return { status: 404, data: aboutCurrent(before.secret) }
  }
  return write(context, name, fields, (now) => {
    const current = now?.secret.versions.get(now.secret.current)
    if (now === undefined || current === undefined || isGone(current, nowMs)) return undefined
    return jsonToText(mergePatched(textToJson(now.text), change))
  })
}

/** The current version as whoever wrote it is told. */
function aboutCurrent(secret: Versioned): Data {
  const info = secret.versions.get(secret.current) as VersionInfo
  return { version: secret.current, ...timesOf(info), custom_metadata: customOf(secret) }
}

/** @throws SentinelError REQUEST_INVALID */
function objectIn(data: Json | undefined): Data {
  if (data === undefined) throw new SentinelError('REQUEST_INVALID', 'no data provided')
  if (isObject(data)) return data
  throw new SentinelError('REQUEST_INVALID', '`data` must be an object')
}

const casField = { cas: { type: 'int', help: '' } } as const

/** @throws SentinelError REQUEST_INVALID */
function casIn(options: Json | undefined): number | undefined {
  if (options === undefined) return undefined
  if (!isObject(options)) throw new SentinelError('REQUEST_INVALID', '`options` must be an object')
  // Whoever checks against nothing checks against no version.
  return options.cas === null ? 0 : readFields(casField, options).cas
}

/** A folder has no secret of its own. */
export function writable(name: string | undefined): string {
  if (name === undefined || name === '') throw new SentinelError('REQUEST_INVALID', 'missing path')
  if (name.endsWith('/')) throw new SentinelError('REQUEST_INVALID', "cannot write to a path ending in '/'")
  return name
}

const versionsField = { versions: { type: 'list', help: 'which versions' } } as const

/** @throws SentinelError REQUEST_INVALID */
function numbersIn(versions: readonly string[] | undefined): readonly number[] {
  if (versions === undefined || versions.length === 0)
    throw new SentinelError('REQUEST_INVALID', 'No version number provided')
  return versions.map((text) => {
    if (/^\d{1,15}$/.test(text)) return Number(text)
    throw new SentinelError('REQUEST_INVALID', '`versions` must be a list of numbers')
  })
}

/** One that changes only what is known of versions. */
const marking = (
  word: string,
  summary: string,
  mark: (context: Context, name: string, numbers: readonly number[]) => Promise<unknown>,
) =>
  path({
    pattern: `${word}/:path*`,
    summary,
    fields: versionsField,
    operations: {
      async write(context, { params, fields: { versions } }) {
        await mark(context, writable(params.path), numbersIn(versions))
        return {}
      },
    },
  })

const changed = (before: Head | undefined, next: (secret: Versioned) => Versioned): Change | undefined =>
  before === undefined ? undefined : { head: { ...before, secret: next(before.secret) } }

const deletePath = marking(
  'delete',
  'Deletes versions, so that they can be had back',
  ({ store, clock }, name, numbers) =>
    changeSecret(store, name, (before) =>
      changed(before, (secret) => withDeleted(secret, numbers, clock.now())),
    ),
)

const undeletePath = marking(
  'undelete',
  'Gives deleted versions back',
  async ({ store, clock }, name, numbers) => {
    const config = await readConfig(store)
    await changeSecret(store, name, (before) =>
      changed(before, (secret) => withUndeleted(secret, numbers, config, clock.now())),
    )
  },
)

const destroyPath = marking(
  'destroy',
  'Destroys versions for good',
  ({ store }: { store: Kv }, name, numbers) => destroy(store, name, numbers),
)

const subkeysPath = path({
  pattern: 'subkeys/:path*',
  summary: 'Reads which keys a secret has, without what they say',
  fields: { ...versionField, depth: { type: 'int', help: 'how many levels; all where it is 0' } },
  pure: true,
  operations: {
    read: (context, { params, fields: { version = 0, depth = 0 } }) =>
      readOne(
        context,
        params.path ?? '',
        version,
        (text, metadata) =>
          new RawJson(`{"metadata":${metadata},"subkeys":${jsonToText(subkeysOf(textToJson(text), depth))}}`),
      ),
  },
})

/** What can be done with what secrets say. */
export const dataPaths: readonly Path[] = [dataPath, deletePath, undeletePath, destroyPath, subkeysPath]
