// The networks that a token is bound to (spec/vault.md 5.3).

import { BlockList, isIP } from 'node:net'
import { SentinelError } from '../base/index.ts'

/** Whether an address lies in one of the networks; with none, every address does. */
export function isInNetworks(networks: readonly string[], address: string): boolean {
  if (networks.length === 0) return true
  // How a socket of both families shows an address of the old one.
  const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  const family = isIP(plain)
  if (family === 0) return false
  const list = new BlockList()
  for (const network of networks) addNetwork(list, network)
  return list.check(plain, family === 4 ? 'ipv4' : 'ipv6')
}

/**
 * Networks as they are to be kept: each an address, perhaps with `/` and a number of bits.
 *
 * @throws SentinelError REQUEST_INVALID naming the first that is none
 */
export function readNetworks(networks: readonly string[]): readonly string[] {
  const list = new BlockList()
  return networks
    .map((network) => network.trim())
    .filter((network) => network !== '')
    .map((network) => (addNetwork(list, network) ? network : refuse(network)))
}

/** Whether each of some networks lies within one of others. */
export function areWithin(networks: readonly string[], others: readonly string[]): boolean {
  return networks.every((network) => {
    const [address = '', bits] = network.split('/')
    const isNarrower = (other: string) => {
      const most = isIP(other.split('/')[0] ?? '') === 4 ? 32 : 128
      return Number(other.split('/')[1] ?? most) <= Number(bits ?? most)
    }
    return others.some((other) => isNarrower(other) && isInNetworks([other], address))
  })
}

function addNetwork(list: BlockList, network: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(network) ?? []
  const family = isIP(address)
  const most = family === 4 ? 32 : 128
  const prefix = bits === undefined ? most : Number(bits)
  if (family === 0 || prefix > most) return false
  list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6')
  return true
}

function refuse(network: string): never {
  throw new SentinelError('REQUEST_INVALID', `\`${network}\` is no network such as 10.0.0.0/8`)
}
