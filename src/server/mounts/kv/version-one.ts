// KV version 1: what was written lies there as it was written, until it is written again. spec/vault.md 7.1.

import { SentinelError } from '../../../base/index.ts'
import { RawJson } from '../../door.ts'
import { jsonToText } from '../../http/json.ts'
import { foldersOf } from '../folders.ts'
import { type MountType, path } from '../path.ts'

/** Seconds: what a reader is told where nothing says otherwise (the system's default, 768 hours). */
const defaultLeaseSeconds = 2_764_800

const secret = path({
  pattern: ':path*',
  summary: 'Keeps one secret under each path',
  fields: {},
  pure: true,
  exists: async ({ store }, { params }) => (await store.get(params.path ?? '')) !== undefined,
  operations: {
    async read({ store, mount }, { params }) {
      const entry = await store.get(params.path ?? '')
      if (entry === undefined) return { status: 404 }
      const text = Buffer.from(entry.value).toString()
      const seconds = mount.defaultLeaseSeconds || defaultLeaseSeconds
      return { data: new RawJson(text), lease: { id: '', renewable: false, seconds } }
    },
    list: ({ store }, { params }) => foldersOf(store, params.path ?? ''),
    async write({ store }, { request, params }) {
      const key = params.path ?? ''
      if (key === '' || key.endsWith('/'))
        throw new SentinelError('REQUEST_INVALID', "cannot write to a path ending in '/'")
      if (Object.keys(request.data).length === 0)
        throw new SentinelError('REQUEST_INVALID', 'missing data fields')
      const value = Buffer.from(jsonToText(request.data))
      await store.batch([{ kind: 'put', key, value, expected: 'anything' }])
      return {}
    },
    async delete({ store }, { params }) {
      await store.batch([{ kind: 'delete', key: params.path ?? '', expected: 'anything' }])
      return {}
    },
  },
})

/** The mount type `kv` where its options name no other version, also mounted as `generic`. */
export const kvVersionOne: MountType = {
  type: 'kv',
  class: 'secret',
  help: 'Keeps secrets under paths, each as it was written last.',
  paths: [secret],
}
