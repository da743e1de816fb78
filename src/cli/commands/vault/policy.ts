import { printable, SentinelError } from '../../../base/index.ts'
import { formatHcl1 } from '../../../hcl/index.ts'
import { rewriteText } from '../../../machine/index.ts'
import { parseAcl } from '../../../policy/index.ts'
import { draw } from '../../../source/index.ts'
import type { VaultBody } from '../../../vault/index.ts'
import { keysOf } from '../../../vault/index.ts'
import { vaultCommand } from '../../vault/vault-command.ts'

const nameOf = { help: 'name of the policy', required: true } as const

export const policyList = vaultCommand({
  name: 'policy list',
  summary: 'List the ACL policies',
  examples: ['sentinel vault policy list'],
  flags: {},
  async act(session) {
    const { body } = await session.ask({ method: 'LIST', path: 'sys/policies/acl' })
    const names = keysOf(body)
    session.print(names, names.map((name) => `${printable(name)}\n`).join(''))
    return undefined
  },
})

export const policyRead = vaultCommand({
  name: 'policy read',
  summary: 'Print an ACL policy',
  examples: ['sentinel vault policy read default'],
  flags: {},
  positionals: { name: nameOf },
  async act(session, { name }) {
    const { body } = await session.ask({ method: 'GET', path: `sys/policies/acl/${name}` })
    const text = String((body?.data as VaultBody | undefined)?.policy ?? '')
    session.print({ policy: text }, text.endsWith('\n') ? text : `${text}\n`)
    return undefined
  },
})

export const policyWrite = vaultCommand({
  name: 'policy write',
  summary: 'Write an ACL policy',
  examples: ['sentinel vault policy write app app.hcl', 'sentinel vault policy write app - < app.hcl'],
  flags: {},
  positionals: { name: nameOf, file: { help: 'file with the policy, - for stdin', required: true } },
  async act(session, { name, file }) {
    const policy = file === '-' ? session.deps.io.stdin.readAll() : session.deps.readText(file)
    const answer = await session.ask({ method: 'PUT', path: `sys/policies/acl/${name}`, body: { policy } })
    session.show(answer, { done: `Success! Uploaded policy: ${name}` })
    return undefined
  },
})

export const policyDelete = vaultCommand({
  name: 'policy delete',
  summary: 'Delete an ACL policy',
  examples: ['sentinel vault policy delete app'],
  flags: {},
  positionals: { name: nameOf },
  async act(session, { name }) {
    await session.ask({ method: 'DELETE', path: `sys/policies/acl/${name}` })
    session.done(`Success! Deleted policy: ${name}`)
    return undefined
  },
})

export const policyFmt = vaultCommand({
  name: 'policy fmt',
  summary: 'Write a file with an ACL policy in the canonical style',
  description: [
    'No server is asked. A policy that cannot be read is left as it is, and what is wrong with it is said.',
  ],
  examples: ['sentinel vault policy fmt app.hcl'],
  flags: {},
  positionals: { file: { help: 'file with the policy', required: true } },
  async act(session, { file }) {
    const { deps } = session
    const source = { name: file, text: deps.readText(file) }
    const { diagnostics } = parseAcl(source, 'policy')
    const formatted = formatHcl1(source)
    if (formatted === undefined || diagnostics.some(({ severity }) => severity === 'error'))
      throw new SentinelError('POLICY_INVALID', `\`${printable(file)}\` is no policy`, {
        details: diagnostics.flatMap((diagnostic) => draw(source, diagnostic)),
      })
    if (formatted !== source.text) rewriteText(deps.machine, deps.resolve(file), formatted)
    session.done(`Success! Formatted policy: ${printable(file)}`)
    return undefined
  },
})
