// STS is asked who somebody is, and its answer is text from outside like any other. AWS's own names are harmless; an
// endpoint that somebody accepted may say whatever it likes.

import { describe, expect, it } from 'vitest'
import { desk, openPolicy } from './desk.fake.ts'

const user = (name: string) => `arn:aws:iam::111122223333:user/${name}`
// Whatever moves a cursor, breaks a line or turns the direction of writing.
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

describe('a caller whose name AWS could not have given is refused, printed stripped and logged whole', () => {
  for (const [name, arn] of [
    ['quotes', user(`al"ice'`)],
    ['a line break and a second line like an entry', user('alice\n{"event":"outcome","outcome":"issued"}')],
    ['text that runs from right to left', user('\u202eecila\u2066')],
    ['a one-byte terminal command', user('alice\u009b2J')],
    ['signs that nobody sees', user('al\u{e0061}ice')],
    ['a line separator', user('alice\u2028bob')],
    ['a blank', user('alice bob')],
    ['a look-alike letter', user('аlice')],
    ['a glob', user('*')],
    ['a separator of the SourceIdentity', `arn:aws:sts::111122223333:assumed-role/Dev/a:b`],
    ['another account', 'arn:aws:iam::444455556666:user/alice'],
    ['another partition', 'arn:evil:iam::111122223333:user/alice'],
    ['nothing', user('')],
  ] as const) {
    it(name, async () => {
      const at = await desk()
      at.write('open.yaml', openPolicy)
      at.aws.fail({ action: 'GetCallerIdentity' }, { kind: 'members', set: new Map([['Arn', arn]]) })
      const ran = await at.run(
        'credentials',
        '--profile',
        'dev',
        '--policy-file',
        `${at.home}/open.yaml`,
        '--log-stderr',
      )
      const [line = '', message = '', hint = '', ...more] = ran.stderr.split('\n')
      expect([ran.status, ran.stdout, more]).toEqual([1, '', ['']])
      expect(message).toMatch(/^sentinel: error: .* \(request [0-9a-f]{16}\) \[IDENTITY_UNSUPPORTED\]$/)
      expect(message + hint).not.toMatch(unsafe)
      expect(at.calls()).not.toContain('AssumeRole')
      const [entry, ...others] = at.log()
      expect(others).toEqual([])
      expect(entry).toMatchObject({ user: '', outcome: 'error', error_code: 'IDENTITY_UNSUPPORTED' })
      expect(String(entry?.reason)).toContain(arn)
      // No sign of a line leads a terminal either: what JSON leaves as it is, the log escapes.
      expect(line).not.toMatch(unsafe)
    })
  }
})
