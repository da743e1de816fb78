// Pages of a list: how many items a call gets, and the token for the next ones.

export type Page<T> = { readonly items: readonly T[]; readonly next: string | undefined }

/** The page that a token stands for, at most so many items; undefined when nobody gave that token. */
export function pageOf<T>(all: readonly T[], token: string | undefined, most: number): Page<T> | undefined {
  const from = token === undefined ? '0' : Buffer.from(token, 'base64').toString('utf8')
  if (!/^\d+$/.test(from)) return undefined
  const to = Number(from) + most
  return {
    items: all.slice(Number(from), to),
    next: to < all.length ? Buffer.from(String(to)).toString('base64') : undefined,
  }
}
