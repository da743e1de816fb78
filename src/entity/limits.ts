// How much an entity may be told about itself (spec/vault.md 5.6).

import { refuse } from './refuse.ts'

const maxKeys = 64
const maxKeyLength = 128
const maxValueLength = 512

/** @throws SentinelError REQUEST_INVALID saying which limit */
export function requireMetadata(metadata: ReadonlyMap<string, string>): void {
  if (metadata.size > maxKeys) refuse(`metadata can have at most ${maxKeys} keys`)
  for (const [key, value] of metadata) {
    if (key === '' || key.length > maxKeyLength)
      refuse(`a key of metadata has 1 to ${maxKeyLength} characters`)
    if (value.length > maxValueLength) refuse(`a value of metadata has at most ${maxValueLength} characters`)
  }
}

/** @throws SentinelError REQUEST_INVALID for a name that is none */
export function requireName(name: string): void {
  if (name === '') refuse('a name cannot be empty')
  if (name.length > maxValueLength) refuse(`a name has at most ${maxValueLength} characters`)
}
