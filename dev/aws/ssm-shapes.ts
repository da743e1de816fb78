// What the calls of Parameter Store may hold. Sources: the pages of these calls, API_ParameterStringFilter,
// API_ParametersFilter and API_Tag in the Systems Manager API Reference.

import { flag, list, needed, notHere, structure, text, whole } from './shapes.ts'

const name = text({ min: 1, max: 2048 })
const filterValue = text({ min: 1, max: 1024 })
const filters = list(
  structure({
    Key: needed(text({ min: 1, max: 132, pattern: /^(tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType)$/ })),
    Option: text({ min: 1, max: 10 }),
    Values: list(filterValue, { min: 1, max: 50 }),
  }),
)
const tagText = { max: 256, pattern: /^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$/u }
const tag = structure({ Key: needed(text({ ...tagText, min: 1, max: 128 })), Value: needed(text(tagText)) })

export const getParameterInput = structure({ Name: needed(name), WithDecryption: flag })

export const getParametersInput = structure({
  Names: needed(list(name, { min: 1, max: 10 })),
  WithDecryption: flag,
})

export const getParametersByPathInput = structure({
  Path: needed(name),
  Recursive: flag,
  ParameterFilters: filters,
  WithDecryption: flag,
  MaxResults: whole({ min: 1, max: 10 }),
  NextToken: text(),
})

export const putParameterInput = structure({
  Name: needed(name),
  Description: text({ max: 1024 }),
  // The reference gives no length: an empty value is refused all the same (seen). How long it may be, the tier says.
  Value: needed(text({ min: 1 })),
  Type: text({ oneOf: ['String', 'StringList', 'SecureString'] }),
  KeyId: text({ min: 1, max: 256, pattern: /^([a-zA-Z0-9:/_-]+)$/ }),
  Overwrite: flag,
  AllowedPattern: text({ max: 1024 }),
  Tags: list(tag, { max: 1000 }),
  Tier: text({ oneOf: ['Standard', 'Advanced', 'Intelligent-Tiering'] }),
  Policies: text({ min: 1, max: 4096 }),
  DataType: text({ max: 128 }),
})

export const deleteParameterInput = structure({ Name: needed(name) })

export const describeParametersInput = structure({
  // The older form of ParameterFilters.
  Filters: notHere(
    list(
      structure({
        Key: needed(text({ oneOf: ['Name', 'Type', 'KeyId'] })),
        Values: needed(list(filterValue, { min: 1, max: 50 })),
      }),
    ),
  ),
  ParameterFilters: filters,
  MaxResults: whole({ min: 1, max: 50 }),
  NextToken: text(),
  Shared: flag,
})
