import type { VaultBody } from '../../../vault/index.ts'
import { vaultCommand } from '../../vault/vault-command.ts'
import { showMounts } from './mounts.ts'

const trimmed = (path: string) => path.replace(/^\/+|\/+$/g, '')

export const auditList = vaultCommand({
  name: 'audit list',
  summary: 'List the audit devices',
  description: [
    'The exit status is 2 where there are none; as JSON or YAML that is an empty object and status 0.',
  ],
  examples: ['sentinel vault audit list'],
  flags: {},
  async act(session) {
    const { body } = await session.ask({ method: 'GET', path: 'sys/audit' })
    if (Object.keys((body?.data ?? {}) as VaultBody).length > 0) {
      showMounts(session, body, ['type', 'description'])
      return undefined
    }
    session.print({}, 'No audit devices are enabled.\n')
    return session.format === 'table' ? 2 : 0
  },
})

export const auditEnable = vaultCommand({
  name: 'audit enable',
  summary: 'Have all requests recorded by one more audit device',
  examples: ['sentinel vault audit enable file file_path=/var/log/sentinel/audit.log'],
  flags: {
    path: { type: 'string', help: 'name of the device (default: its type)' },
    description: { type: 'string', placeholder: 'text', help: 'what it is for' },
  },
  positionals: {
    type: { help: 'kind of device: file', required: true },
    options: { help: 'name=value', repeated: true },
  },
  async act(session, { type, options, path = type, description }) {
    const body = { type, description, options: session.given(options) }
    await session.ask({ method: 'PUT', path: `sys/audit/${trimmed(path)}`, body })
    session.done(`Success! Enabled the ${type} audit device at: ${trimmed(path)}/`)
    return undefined
  },
})

export const auditDisable = vaultCommand({
  name: 'audit disable',
  summary: 'Take an audit device away',
  examples: ['sentinel vault audit disable file'],
  flags: {},
  positionals: { path: { help: 'name of the device', required: true } },
  async act(session, { path }) {
    await session.ask({ method: 'DELETE', path: `sys/audit/${trimmed(path)}` })
    session.done(`Success! Disabled audit device (if it was enabled) at: ${trimmed(path)}/`)
    return undefined
  },
})
