export { draw } from './draw.ts'
export type { Diagnostic, Position, Source, Span } from './source.ts'
export { byteLength, positionOf } from './source.ts'
