// HCL, the language of configuration: texts to trees with places. Pure.

export { formatHcl1 } from './format.ts'
export type { Hcl } from './hcl.ts'
export { readHcl } from './hcl.ts'
export type { Hcl1 } from './hcl1.ts'
export { objectsOf, readHcl1 } from './hcl1.ts'
export type { Json } from './json.ts'
export { readJson } from './json.ts'
export type { Attribute, Block, Body, Name, ObjectValue, Value } from './tree.ts'
export { toPlain } from './tree.ts'
