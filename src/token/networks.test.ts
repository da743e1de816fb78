import { describe, expect, test } from 'vitest'
import { isInNetworks, readNetworks } from './networks.ts'

describe('where a token may be used from', () => {
  for (const [networks, address, want] of [
    [[], '203.0.113.9', true],
    [['10.0.0.0/8'], '10.255.0.1', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['10.0.0.0/8', '11.0.0.1'], '11.0.0.1', true],
    [['10.0.0.0/8'], '::ffff:10.0.0.1', true],
    [['10.0.0.0/8'], 'not an address', false],
    [['10.0.0.0/8'], '', false],
    [['2001:db8::/32'], '2001:db8:1::1', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['0.0.0.0/0'], '2001:db8::1', false],
  ] as const)
    test(`${networks.join(' ') || 'anywhere'}: ${address} ${want}`, () =>
      expect(isInNetworks(networks, address)).toBe(want))

  test('what is no network is refused when it is written', () => {
    for (const network of ['10.0.0.0/33', 'example.com', '10.0.0', '10.0.0.0/', '::/129'])
      expect(() => readNetworks([network])).toThrow('is no network')
    expect(readNetworks([' 10.0.0.1 ', '::/0', ''])).toEqual(['10.0.0.1', '::/0'])
  })
})
