// Writes schema/access-policy.schema.json from the definition that the loader uses. A test holds the two together.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { accessPolicyJsonSchema } from '../src/policy/index.ts'

const folder = join(import.meta.dirname, '../schema')
mkdirSync(folder, { recursive: true })
const schema = await accessPolicyJsonSchema()
writeFileSync(join(folder, 'access-policy.schema.json'), `${JSON.stringify(schema, null, 2)}\n`)
