// DynamoDB's way to write values, and ours. Numbers that JavaScript cannot hold exactly come as whatever is next to them:
// who reads them asks for safe integers.

import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/** A value of an item, as JavaScript has it. */
export type ItemValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly ItemValue[]
  | { readonly [name: string]: ItemValue }

/** An item, by the names of its attributes. */
export type Item = Readonly<Record<string, ItemValue>>

/** A value as DynamoDB wants it. */
export function toAttribute(value: ItemValue): AttributeValue {
  if (value === null) return { NULL: true }
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: String(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  if (value instanceof Uint8Array) return { B: value }
  if (isList(value)) return { L: value.map(toAttribute) }
  return { M: toAttributes(value) }
}

const isList = (value: ItemValue): value is readonly ItemValue[] => Array.isArray(value)

/** An item as DynamoDB wants it. */
export function toAttributes(item: Item): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toAttribute(value)]))
}

/** An item as DynamoDB gives it. Sets become lists. */
export function fromAttributes(attributes: Readonly<Record<string, AttributeValue>>): Item {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, fromAttribute(value)]))
}

function fromAttribute({ S, N, BOOL, B, L, M, SS, NS, BS }: AttributeValue): ItemValue {
  if (S !== undefined) return S
  if (N !== undefined) return Number(N)
  if (BOOL !== undefined) return BOOL
  if (B !== undefined) return B
  if (L !== undefined) return L.map(fromAttribute)
  if (M !== undefined) return fromAttributes(M)
  return SS ?? NS?.map(Number) ?? BS ?? null
}
