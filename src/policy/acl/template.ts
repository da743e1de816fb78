// Paths of policies with identities in them: `secret/{{identity.entity.name}}/*`. They are read when the policy is
// written and filled in when the policies of a holder are compiled.
//
// A value that is missing, empty, or has a character that means something in a pattern (`/`, `*`, `+`) or is a control
// character fills nothing in, and the path block counts as not there: otherwise whoever chooses a name chooses what they
// may reach. Vault fills such values in (spec/vault.md 4.9).

/** Texts and identities in turn. A path without identities is one text. */
export type Template = readonly (string | Slot)[]

/** What is filled in: whose, and what of it. */
export type Slot = { readonly whose: Whose; readonly what: What }

type Whose =
  | { readonly kind: 'entity' }
  | { readonly kind: 'alias'; readonly accessor: string }
  | { readonly kind: 'group'; readonly by: 'id' | 'name'; readonly key: string }

type What =
  | { readonly kind: 'id' | 'name' }
  | { readonly kind: 'metadata' | 'custom_metadata'; readonly key: string }

/** Something with a name and metadata. */
type Named = {
  readonly id: string
  readonly name: string
  readonly metadata: ReadonlyMap<string, string>
}

/** Who holds a policy, as far as templates can ask. */
export type TemplateIdentity = {
  readonly entity: Named & { readonly aliases: readonly TemplateAlias[] }
  /** Those that the entity belongs to, directly or through others. */
  readonly groups: readonly Named[]
}

/** The entity's name at one auth mount. */
export type TemplateAlias = Named & {
  readonly mountAccessor: string
  readonly customMetadata: ReadonlyMap<string, string>
}

/** What is wrong with a template. */
export type TemplateFault = { readonly message: string; readonly hint: string }

const known =
  'known are identity.entity.id, .name, .metadata.KEY, .aliases.ACCESSOR.…, identity.groups.ids.ID.… and identity.groups.names.NAME.…'

/** Reads a path. */
export function textToTemplate(text: string): Template | TemplateFault {
  const [first = '', ...rest] = text.split('{{')
  const template: (string | Slot)[] = [first]
  if (first.includes('}}')) return unbalanced
  for (const piece of rest) {
    const [expression = '', behind, ...more] = piece.split('}}')
    if (behind === undefined || more.length > 0) return unbalanced
    const slot = textToSlot(expression.trim())
    if (slot === undefined)
      return { message: `\`{{${expression}}}\` is nothing that can be filled in`, hint: known }
    template.push(slot, behind)
  }
  return template.filter((part) => part !== '')
}

const unbalanced = {
  message: 'unbalanced templating characters',
  hint: 'write what is to be filled in like {{identity.entity.name}}',
}

const entity = /^identity\.entity\.(id|name)$/
const entityMetadata = /^identity\.entity\.(metadata)\.(.+)$/s
const alias = /^identity\.entity\.aliases\.([^.]+)\.(id|name)$/
const aliasMetadata = /^identity\.entity\.aliases\.([^.]+)\.(metadata|custom_metadata)\.(.+)$/s
const group = /^identity\.groups\.(?:ids\.(.+)\.(name)|names\.(.+)\.(id))$/s
const groupMetadata = /^identity\.groups\.(ids|names)\.(.+?)\.(metadata)\.(.+)$/s

function textToSlot(text: string): Slot | undefined {
  return entitySlot(text) ?? aliasSlot(text) ?? groupSlot(text)
}

function entitySlot(text: string): Slot | undefined {
  const [, field] = entity.exec(text) ?? []
  if (field !== undefined) return { whose: { kind: 'entity' }, what: whatOf(field, '') }
  const [, map, key] = entityMetadata.exec(text) ?? []
  return map === undefined ? undefined : { whose: { kind: 'entity' }, what: whatOf(map, key) }
}

function aliasSlot(text: string): Slot | undefined {
  const [, accessor, field, key] = alias.exec(text) ?? aliasMetadata.exec(text) ?? []
  if (accessor === undefined || field === undefined) return undefined
  return { whose: { kind: 'alias', accessor }, what: whatOf(field, key) }
}

/** Metadata first: a group may have a key `id`, and a name may have dots. */
function groupSlot(text: string): Slot | undefined {
  const [, by, key, map, metadataKey] = groupMetadata.exec(text) ?? []
  if (key !== undefined && map !== undefined) return slotOfGroup(by, key, whatOf(map, metadataKey))
  const [, id, ofId, name, ofName] = group.exec(text) ?? []
  if (id !== undefined && ofId !== undefined) return slotOfGroup('ids', id, whatOf(ofId, ''))
  if (name !== undefined && ofName !== undefined) return slotOfGroup('names', name, whatOf(ofName, ''))
  return undefined
}

const slotOfGroup = (by: string | undefined, key: string, what: What): Slot => ({
  whose: { kind: 'group', by: by === 'ids' ? 'id' : 'name', key },
  what,
})

function whatOf(field: string, key: string | undefined): What {
  if (field === 'id' || field === 'name') return { kind: field }
  return { kind: field === 'custom_metadata' ? 'custom_metadata' : 'metadata', key: key ?? '' }
}

/** What would change what a pattern matches, or can be in no path. */
const unusable = /[/*+\p{Cc}\p{Cs}]/u

/** The path for one holder; undefined where something in it cannot be filled in. */
export function filledIn(template: Template, identity: TemplateIdentity | undefined): string | undefined {
  let text = ''
  for (const part of template) {
    if (typeof part === 'string') text += part
    else {
      const value = identity && inIdentity(part, identity)
      if (value === undefined || value === '' || unusable.test(value)) return undefined
      text += value
    }
  }
  return text
}

function inIdentity({ whose, what }: Slot, identity: TemplateIdentity): string | undefined {
  if (whose.kind === 'alias') {
    const found = identity.entity.aliases.find(({ mountAccessor }) => mountAccessor === whose.accessor)
    if (what.kind === 'custom_metadata') return found?.customMetadata.get(what.key)
    return found && fieldOf(found, what)
  }
  if (whose.kind === 'entity') return fieldOf(identity.entity, what)
  const found = identity.groups.find((each) => each[whose.by] === whose.key)
  return found && fieldOf(found, what)
}

function fieldOf(named: Named, what: What): string | undefined {
  return 'key' in what ? named.metadata.get(what.key) : named[what.kind]
}
