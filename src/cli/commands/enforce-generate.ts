import { visibleJson } from '../../base/index.ts'
import { trustPolicy } from '../../iam/index.ts'
import { command } from '../command.ts'

export const enforceGenerateTrustPolicy = command({
  name: 'enforce generate trust-policy',
  summary: 'Print a trust policy that admits only sessions stamped by Sentinel',
  description: [
    'The policy goes to stdout, what it does and does not guarantee to stderr.',
    'Patterns: any-sentinel admits every stamped session, specific-users only those of the named users, and ' +
      'migration also one legacy principal that is not stamped yet.',
  ],
  examples: [
    'sentinel enforce generate trust-policy --pattern any-sentinel --principal arn:aws:iam::111122223333:root',
    'sentinel enforce generate trust-policy --pattern specific-users --principal arn:aws:iam::111122223333:root --users alice --users Deploy/ci-7',
    'sentinel enforce generate trust-policy --pattern migration --principal arn:aws:iam::111122223333:root --legacy-principal arn:aws:iam::111122223333:role/OldTool',
  ],
  flags: {
    pattern: {
      type: 'choice',
      choices: ['any-sentinel', 'specific-users', 'migration'],
      required: true,
      help: 'whom the role admits',
    },
    principal: { type: 'string', required: true, placeholder: 'arn', help: 'who may assume the role' },
    users: {
      type: 'list',
      placeholder: 'name',
      help: 'user as `sentinel whoami` shows it, for specific-users',
    },
    legacyPrincipal: { type: 'string', placeholder: 'arn', help: 'who still comes unstamped, for migration' },
    externalId: { type: 'string', placeholder: 'id', help: 'external id that every caller must send' },
  },
  run({ io }, values) {
    io.stdout.write(`${visibleJson(trustPolicy(values), 2)}\n`)
    io.stderr.write(
      'sentinel: note: whoever the principal admits can write `sentinel,…` without Sentinel; this makes bypassing it\n' +
        'visible and deliberate, not impossible. To bind people, admit a principal that they cannot use themselves.\n',
    )
    return 0
  },
})
