// import "types"

import { native } from '../run/native.ts'
import { typeOf } from '../values/types.ts'
import { table } from './table.ts'

export const types = table(native('type_of', ['any'], (_, value) => typeOf(value)))
