// Enabling, listing and disabling audit devices, what stands for a value in them, and which headers they write down
// (spec/vault.md 8.8).

import type { AuditDevices, DeviceRequest } from '../../../audit/index.ts'
import { SentinelError } from '../../../base/index.ts'
import type { Data } from '../../door.ts'
import { type Path, path } from '../path.ts'

type Deps = { readonly devices: AuditDevices }

/** `sys/audit`, `sys/audit-hash` and `sys/config/auditing`. */
export function auditPaths(deps: Deps): readonly Path[] {
  return [list(deps), device(deps), hash(deps), headerList(deps), header(deps)]
}

const list = ({ devices }: Deps) =>
  path({
    pattern: 'audit',
    summary: 'Lists the audit devices',
    access: 'sudo',
    fields: {},
    operations: {
      read: () => ({
        data: Object.fromEntries(devices.list().map((each) => [each.path, deviceToData(each)])),
        isAlsoTopLevel: true,
      }),
    },
  })

const device = ({ devices }: Deps) =>
  path({
    pattern: 'audit/:path+',
    summary: 'Enables and disables one audit device',
    access: 'sudo',
    fields: {
      type: { type: 'string', help: 'what it is; `file` is all there is' },
      description: { type: 'string', help: 'what it is for' },
      options: {
        type: 'map',
        help: '`file_path` (or `stdout`, `discard`), `mode`, `format`, `prefix`, `log_raw`, `hmac_accessor`, `elide_list_responses`',
      },
      local: { type: 'bool', help: 'kept as it is sent' },
    },
    operations: {
      async write(_, { params, fields }) {
        const { type = '', description = '', options = new Map(), local = false } = fields
        await devices.enable({ path: folder(params), type, description, options, local })
        return {}
      },
      async delete(_, { params }) {
        await devices.disable(folder(params))
        return {}
      },
    },
  })

const hash = ({ devices }: Deps) =>
  path({
    pattern: 'audit-hash/:path+',
    summary: 'Tells the text that stands for a value in the entries of an audit device',
    fields: { input: { type: 'string', help: 'the value' } },
    operations: {
      write(_, { params, fields: { input = '' } }) {
        if (input === '') throw new SentinelError('REQUEST_INVALID', 'the "input" parameter is empty')
        return { data: { hash: devices.hash(folder(params), input) }, isAlsoTopLevel: true }
      },
    },
  })

const headers = 'config/auditing/request-headers'

const headerList = ({ devices }: Deps) =>
  path({
    pattern: headers,
    summary: 'Lists the headers of requests that audit devices write down',
    access: 'sudo',
    fields: {},
    operations: {
      read: () => ({
        data: { headers: Object.fromEntries(devices.headers.all()) },
        isAlsoTopLevel: true,
      }),
    },
  })

const header = ({ devices }: Deps) =>
  path({
    pattern: `${headers}/:name`,
    anyCase: ['name'],
    summary: 'Has audit devices write down a header of requests, or no longer',
    access: 'sudo',
    fields: { hmac: { type: 'bool', help: 'whether its values are hashed' } },
    operations: {
      read(_, { params: { name = '' } }) {
        const setting = devices.headers.all().get(name)
        if (setting === undefined)
          throw new SentinelError('REQUEST_INVALID', 'Could not find header in config')
        return { data: { [name]: setting }, isAlsoTopLevel: true }
      },
      async write(_, { params: { name = '' }, fields: { hmac = false } }) {
        await devices.headers.write(name, { hmac })
        return {}
      },
      async delete(_, { params: { name = '' } }) {
        await devices.headers.remove(name)
        return {}
      },
    },
  })

/** A device's path ends in a slash, which is not asked with. */
const folder = ({ path: rest = '' }: Readonly<Record<string, string>>) => `${rest}/`

const deviceToData = ({ path: at, type, description, local, options }: DeviceRequest): Data => ({
  path: at,
  type,
  description,
  local,
  options: Object.fromEntries(options),
})
