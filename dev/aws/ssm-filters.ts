// ParameterFilters: what may be asked of which call, and which parameters pass. Source: API_ParameterStringFilter in
// the Systems Manager API Reference, and the errors of API_DescribeParameters.

import { AwsError, type JsonObject, structuresOf, textOf, textsOf } from './wire.ts'
import type { ParameterVersion } from './world-types.ts'

type Filter = { readonly key: string; readonly option: string; readonly values: readonly string[] }

/** Which filters a call knows. `tag:` stands for every key of a tag. */
export type FilterKeys = readonly string[]
export const describedBy: FilterKeys = ['Path', 'Name', 'Type', 'KeyId', 'Tier', 'DataType', 'tag:']
export const listedBy: FilterKeys = ['Type', 'KeyId']

/**
 * The test that a call's filters make: a parameter must pass each of them by one of its values.
 *
 * @throws AwsError InvalidFilterKey, InvalidFilterOption, InvalidFilterValue
 */
export function filtersOf(params: JsonObject, known: FilterKeys): (item: ParameterVersion) => boolean {
  const filters = structuresOf(params, 'ParameterFilters').map((filter): Filter => {
    const key = textOf(filter, 'Key') ?? ''
    const option = textOf(filter, 'Option') ?? (key === 'Path' ? 'OneLevel' : 'Equals')
    return { key, option, values: textsOf(filter, 'Values') }
  })
  for (const filter of filters) checkFilter(filter, known)
  const twice = filters.find(({ key }, i) => filters.findIndex((other) => other.key === key) < i)
  if (twice !== undefined) {
    throw new AwsError(
      'InvalidFilterKey',
      `The following filter is duplicated in the request: ${twice.key}. A request can contain only one occurrence of a specific filter.`,
    )
  }
  return (item) => filters.every((filter) => passes(item, filter))
}

function checkFilter({ key, option, values }: Filter, known: FilterKeys): void {
  if (!known.includes(key.replace(/^tag:.+/, 'tag:'))) {
    throw new AwsError(
      'InvalidFilterKey',
      `The following filter key is not valid: ${key}. Valid filter keys include: [${known.join(', ')}].`,
    )
  }
  const options = optionsOf(key)
  if (!options.includes(option)) {
    throw new AwsError(
      'InvalidFilterOption',
      `The following filter option is not valid: ${option}. Valid options include: [${options.join(', ')}].`,
    )
  }
  if (values.length === 0 && !key.startsWith('tag:')) {
    throw new AwsError(
      'InvalidFilterValue',
      `The following filter values are missing : null for filter key ${key}.`,
    )
  }
  const wrong =
    option === 'Equals' ? values.find((value) => listed.get(key)?.includes(value) === false) : undefined
  if (wrong !== undefined) {
    throw new AwsError('InvalidFilterValue', `The following filter value is not valid: ${wrong}.`)
  }
}

const listed: ReadonlyMap<string, readonly string[]> = new Map([
  ['Type', ['String', 'StringList', 'SecureString']],
  ['Tier', ['Standard', 'Advanced', 'Intelligent-Tiering']],
])

function optionsOf(key: string): readonly string[] {
  if (key === 'Path') return ['Recursive', 'OneLevel']
  return key === 'Name' ? ['BeginsWith', 'Contains', 'Equals'] : ['BeginsWith', 'Equals']
}

function passes(item: ParameterVersion, { key, option, values }: Filter): boolean {
  const value = filteredBy(item, key)
  if (value === undefined) return false
  if (values.length === 0) return true
  return values.some((wanted) => {
    if (key === 'Path') return isUnder(value, wanted, option === 'Recursive')
    if (option === 'BeginsWith') return value.startsWith(wanted)
    return option === 'Contains' ? value.includes(wanted) : value === wanted
  })
}

function filteredBy(item: ParameterVersion, key: string): string | undefined {
  if (key.startsWith('tag:')) return item.tags.get(key.slice('tag:'.length))
  if (key === 'Type') return item.type
  if (key === 'KeyId') return item.keyId
  if (key === 'Tier') return item.tier
  return key === 'DataType' ? item.dataType : item.name
}

/** Whether a name lies under a path: in its next step, or at any depth. */
export function isUnder(name: string, path: string, recursive: boolean): boolean {
  const folder = path.endsWith('/') ? path : `${path}/`
  const rest = name.startsWith(folder) ? name.slice(folder.length) : ''
  return rest !== '' && (recursive || !rest.includes('/'))
}
