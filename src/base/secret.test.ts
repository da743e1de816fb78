import { format, inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Secret } from './index.ts'

const secret = new Secret('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')

describe('a secret stays secret', () => {
  for (const [name, text] of [
    ['in a text', `${secret}`],
    ['joined', ['', secret].join('')],
    ['in JSON', JSON.stringify({ secret })],
    ['in the inspector', inspect({ deep: { deeper: { secret } } }, { depth: 9, showHidden: true })],
    ['in a formatted line', format('%s %o %j', secret, secret, secret)],
    ['in its keys and values', JSON.stringify([Object.keys(secret), Object.values(secret), { ...secret }])],
    ['in a clone', inspect(structuredClone({ secret }))],
    ['in an error', inspect(new Error('failed', { cause: secret }))],
  ] as const) {
    it(name, () => {
      expect(text).not.toContain('EXAMPLEKEY')
    })
  }

  it('and says so', () => {
    expect([`${secret}`, JSON.stringify(secret), inspect(secret)]).toEqual([
      '[secret]',
      '"[secret]"',
      '[secret]',
    ])
  })

  it('until it is revealed', () => expect(secret.reveal()).toBe('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'))
})
