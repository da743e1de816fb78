// Writes schema/*.schema.json from the definitions that the loader uses. A test holds the two together.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { documentKinds, policyJsonSchema } from '../src/policy/index.ts'

const folder = join(import.meta.dirname, '../schema')
mkdirSync(folder, { recursive: true })
for (const kind of documentKinds) {
  const name = kind === 'policy' ? 'access' : kind
  const schema = await policyJsonSchema(kind)
  writeFileSync(join(folder, `${name}-policy.schema.json`), `${JSON.stringify(schema, null, 2)}\n`)
}
