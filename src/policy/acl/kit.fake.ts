// What the tests of this folder share.

import { type Acl, type AclPolicy, compileAcl, parseAcl, type TemplateIdentity } from '../index.ts'

/** A policy that has to be right. */
export function policyOf(text: string, name = 'test', namespace = ''): AclPolicy {
  const { policy, diagnostics } = parseAcl({ name, text }, name, namespace)
  if (policy === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '))
  return policy
}

/** What one text grants to somebody, at the beginning of time. */
export const aclOf = (text: string, identity?: TemplateIdentity): Acl =>
  compileAcl([policyOf(text)], identity, 0)

/** One line for each rule: `secret/*: read, list`. */
export const rulesOf = (lines: readonly string[]): string =>
  lines
    .map((line) => /^(.*): (.*)$/.exec(line) ?? ['', line, 'read'])
    .map(
      ([, path, capabilities = '']) =>
        `path ${JSON.stringify(path)} {\n  capabilities = ${listOf(capabilities)}\n}\n`,
    )
    .join('')

const listOf = (capabilities: string) => JSON.stringify(capabilities.split(', '))

/** Somebody with an alias and two groups. */
export const alice: TemplateIdentity = {
  entity: {
    id: 'e-1',
    name: 'alice',
    metadata: new Map([
      ['team', 'blue'],
      ['a.b', 'dotted'],
      ['slash', 'a/b'],
      ['star', 'a*'],
      ['plus', '+'],
      ['line', 'a\nb'],
      ['nul', 'a\u0000'],
      ['empty', ''],
    ]),
    aliases: [
      {
        mountAccessor: 'userpass_1',
        id: 'a-1',
        name: 'al',
        metadata: new Map([['shift', 'night']]),
        customMetadata: new Map([['floor', '3']]),
      },
    ],
  },
  groups: [
    { id: 'g-1', name: 'web', metadata: new Map([['region', 'eu']]) },
    { id: 'g-2', name: 'db.admins', metadata: new Map([['id', 'odd']]) },
  ],
}
