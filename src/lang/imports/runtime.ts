// import "runtime": the version of the language that the engine speaks.

import { table } from './table.ts'

export const runtime = table(['version', '0.40.0'])
