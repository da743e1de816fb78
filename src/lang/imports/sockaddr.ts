// import "sockaddr": IP addresses and networks. A bare address is the network of itself alone.

import { native, type Ready } from '../run/native.ts'
import { fail } from '../values/failure.ts'
import type { Value } from '../values/value.ts'
import { table } from './table.ts'

/** A network: the bits of its address, how many there are, and how many of them count. */
type Network = { readonly bits: bigint; readonly width: 32 | 128; readonly prefix: number }

export const sockaddr = table(
  native('is_contained', ['string', 'string'], (_, outer, inner) =>
    contains(parse(outer), parse(inner)),
  ).prepared(containedIn),
  native('is_equal', ['string', 'string'], (_, a, b) => equal(parse(a), parse(b))),
  native('is_ipv4', ['string'], (_, address) => parse(address).width === 32),
  native('is_ipv6', ['string'], (_, address) => parse(address).width === 128),
)

const maxLength = 64

/** The short way where both are IPv4 and the inner one is a bare address. */
function containedIn(outer: Value): Ready | undefined {
  const [, address = '', prefix = ''] = /^([\d.]{7,15})\/(\d+)$/.exec(String(outer)) ?? []
  const four = parseFour(address)
  const length = Number(prefix)
  if (four === undefined || String(length) !== prefix || length > 32) return undefined
  const mask = length === 0 ? 0 : -1 << (32 - length)
  const network = Number(four) & mask
  return (inner) => isFourIn(inner, network, mask)
}

/** Whether an IPv4 address is in a network; undefined for every other text. */
function isFourIn(text: string, network: number, mask: number): boolean | undefined {
  if (text.length > 15) return undefined
  let [bits, byte, dots] = [0, none, 0]
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - zero
    if (digit >= 0 && digit <= 9) {
      byte = withDigit(byte, digit)
      if (byte > 255) return undefined
    } else {
      if (digit !== dot || byte === none) return undefined
      bits = (bits << 8) | byte
      dots++
      byte = none
    }
  }
  return dots === 3 && byte !== none ? (((bits << 8) | byte) & mask) === network : undefined
}

/** A byte with one more digit; beyond 255 where it began with 0. */
const withDigit = (byte: number, digit: number) =>
  byte === none ? digit : byte === 0 ? 256 : byte * 10 + digit
const none = -1
const zero = '0'.charCodeAt(0)
const dot = '.'.charCodeAt(0) - zero

const networkOf = ({ bits, width }: Network, prefix: number) => bits >> BigInt(width - prefix)

function contains(outer: Network, inner: Network): boolean {
  if (outer.width !== inner.width || outer.prefix > inner.prefix) return false
  return networkOf(outer, outer.prefix) === networkOf(inner, outer.prefix)
}

const equal = (a: Network, b: Network) =>
  a.width === b.width && a.prefix === b.prefix && networkOf(a, a.prefix) === networkOf(b, b.prefix)

function parse(text: string): Network {
  if (text.length > maxLength) fail(`an IP address of more than ${maxLength} bytes`)
  const [, address = '', prefix] = /^([^/]*)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? []
  const four = parseFour(address)
  const bits = four ?? parseSix(address) ?? fail(`\`${text}\` is no IP address or network`)
  const width = four === undefined ? 128 : 32
  const length = prefix === undefined ? width : Number(prefix)
  return length <= width ? { bits, width, prefix: length } : fail(`\`${text}\` has a prefix that is too long`)
}

/** Four decimal bytes without leading zeros. */
function parseFour(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return undefined
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n)
}

/** RFC 4291 2.2: groups of hexadecimal digits, one `::` for zeros, perhaps an IPv4 address at the end. */
function parseSix(text: string): bigint | undefined {
  const [head, tail, ...more] = text.split('::')
  if (head === undefined || more.length > 0) return undefined
  const left = groupsOf(head, tail === undefined)
  const right = tail === undefined ? [] : groupsOf(tail, true)
  if (left === undefined || right === undefined) return undefined
  const missing = 8 - left.length - right.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...left, ...Array<bigint>(missing).fill(0n), ...right]
  return groups.reduce((bits, group) => (bits << 16n) | group, 0n)
}

function groupsOf(text: string, mayEndInFour: boolean): readonly bigint[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const last = parts.at(-1) ?? ''
  const four = mayEndInFour && last.includes('.') ? parseFour(last) : undefined
  const words = four === undefined ? parts : parts.slice(0, -1)
  if (!words.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return undefined
  const groups = words.map((part) => BigInt(`0x${part}`))
  return four === undefined ? groups : [...groups, four >> 16n, four & 0xffffn]
}
