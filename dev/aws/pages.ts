// Pages of a list: how many items a call gets, and the token for the next ones.

import { createHash } from 'node:crypto'
import type { Params } from './wire.ts'

export type Page<T> = { readonly items: readonly T[]; readonly next: string | undefined }

/** A call for a page: a token is good for the call that it was given to, and for nothing else that it may ask. */
export type PageCall = { readonly action: string; readonly params: Params }

/** The page that a token stands for, at most so many items; undefined when that call was not given that token. */
export function pageOf<T>(
  all: readonly T[],
  token: string | undefined,
  most: number,
  call: PageCall,
): Page<T> | undefined {
  const from = token === undefined ? 0 : placeOf(token)
  if (from === undefined || (token !== undefined && token !== tokenFor(from, call))) return undefined
  const to = from + most
  return { items: all.slice(from, to), next: to < all.length ? tokenFor(to, call) : undefined }
}

function placeOf(token: string): number | undefined {
  const [, place] = /^([1-9]\d*)\//.exec(Buffer.from(token, 'base64').toString('utf8')) ?? []
  return place === undefined ? undefined : Number(place)
}

const tokenFor = (place: number, call: PageCall) =>
  Buffer.from(`${place}/${fingerprint(call)}`).toString('base64')

/** What a call asks for, whichever page of it. */
export function fingerprint({ action, params }: PageCall): string {
  const asked = Object.entries(params).filter(([name]) => !/^(NextToken|MaxResults)$/i.test(name))
  return createHash('sha256')
    .update(JSON.stringify([action, asked.sort()]))
    .digest('hex')
    .slice(0, 32)
}
