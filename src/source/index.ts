export { draw } from './draw.ts'
export type { Diagnostic, Position, Source, Span } from './source.ts'
export { byteLength, placeIn, positionOf } from './source.ts'
