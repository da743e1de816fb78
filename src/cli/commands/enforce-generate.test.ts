import { describe, expect, it } from 'vitest'
import { desk } from '../desk.fake.ts'

const principal = ['--principal', 'arn:aws:iam::111122223333:root']

it('prints a document for AWS on stdout, and what it cannot do on stderr; nobody is asked', async () => {
  const at = await desk()
  const ran = await at.run('enforce', 'generate', 'trust-policy', '--pattern', 'any-sentinel', ...principal)
  expect(ran.status).toBe(0)
  const [statement] = JSON.parse(ran.stdout).Statement
  expect(statement).toMatchObject({
    Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
    Condition: { StringLike: { 'sts:SourceIdentity': 'sentinel,*' } },
  })
  expect(ran.stderr).toMatch(/^sentinel: note: /)
  expect([at.calls(), at.log()]).toEqual([[], []])
})

describe('a mistake on the command line prints no document', () => {
  for (const [name, argv, message] of [
    ['no pattern', principal, '`--pattern` is required'],
    ['another pattern', ['--pattern', 'all', ...principal], 'must be one of any-sentinel'],
    ['no principal', ['--pattern', 'any-sentinel'], '`--principal` is required'],
    ['no users', ['--pattern', 'specific-users', ...principal], 'needs at least one user'],
  ] as const) {
    it(name, async () => {
      const at = await desk()
      const { status, stdout, stderr } = await at.run('enforce', 'generate', 'trust-policy', ...argv)
      expect([status, stdout]).toEqual([1, ''])
      expect(stderr).toContain(message)
      expect(stderr).toContain('[USAGE]')
    })
  }
})
