// What asks a person elsewhere, and whom it asks for: the one place where a connector to Duo, Okta or PingID fits in.

import type { PushMethod } from './method.ts'

/** Asks one person one question. */
export type PushFactor = {
  /**
   * @returns whether they agreed
   * @throws SentinelError where that cannot be found out
   */
  confirm(question: PushQuestion): Promise<boolean>
}

export type PushQuestion = {
  readonly method: PushMethod
  /** As the other side calls them. */
  readonly username: string
  /** Where the request came from, for them to see. */
  readonly address: string
  /** What they sent along instead of waiting to be asked. */
  readonly passcode: string | undefined
}

/** Whoever is to be asked, as far as it is known. On a login nothing of it was verified. */
export type Person = {
  /** undefined where nobody is known by the alias, or by the token. */
  readonly entity: PersonEntity | undefined
  /** Of a login: what the mount would call them. */
  readonly alias: PersonAlias | undefined
}

export type PersonEntity = {
  readonly id: string
  readonly name: string
  readonly metadata: ReadonlyMap<string, string>
  readonly aliases: readonly PersonAlias[]
}

export type PersonAlias = {
  readonly mountAccessor: string
  readonly name: string
  readonly metadata: ReadonlyMap<string, string>
}

/** How the other side calls a person, or what is missing for that. */
export function usernameOf(
  { mountAccessor, usernameFormat }: Pick<PushMethod, 'mountAccessor' | 'usernameFormat'>,
  { entity, alias }: Person,
): { readonly username: string } | { readonly missing: string } {
  const isOfMount = (each: PersonAlias) => each.mountAccessor === mountAccessor
  const found = entity?.aliases.find(isOfMount) ?? (alias && isOfMount(alias) ? alias : undefined)
  const format = usernameFormat === '' ? '{{alias.name}}' : usernameFormat
  const missing: string[] = []
  const username = format.replace(/\{\{\s*([^{}\s]+)\s*\}\}/g, (_, field: string) => {
    const value = fieldOf(field, entity, found) ?? ''
    if (value === '') missing.push(missingFor(field, entity, found))
    return value
  })
  return missing[0] === undefined ? { username } : { missing: missing[0] }
}

function missingFor(field: string, entity: unknown, alias: unknown): string {
  const isOf = (what: string) => field.replace(/^identity\./, '').startsWith(`${what}.`)
  if (isOf('entity') && entity === undefined) return 'entity'
  return isOf('alias') && alias === undefined ? 'alias' : `field ${field}`
}

function fieldOf(
  field: string,
  entity: PersonEntity | undefined,
  alias: PersonAlias | undefined,
): string | undefined {
  if (field === 'entity.name') return entity?.name
  if (field === 'alias.name') return alias?.name
  const [, of, key = ''] = /^(?:identity\.)?(entity|alias)\.metadata\.(.+)$/.exec(field) ?? []
  return of === 'entity' ? entity?.metadata.get(key) : of === 'alias' ? alias?.metadata.get(key) : undefined
}
