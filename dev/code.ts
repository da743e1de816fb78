// `npm run code -- FILE [module | policy | quick]`: the code that is generated of a policy, to be looked at.

import { readFileSync } from 'node:fs'
import { generate, type Role } from '../src/lang/generate/source.ts'
import { parse } from '../src/lang/index.ts'

const [, , path = '', role = 'quick'] = process.argv
const { program, diagnostics } = parse({ name: path, text: readFileSync(path, 'utf8') })
for (const { message } of diagnostics) process.stderr.write(`${path}: ${message}\n`)
process.stdout.write(`${generate(program, role as Role).text}\n`)
