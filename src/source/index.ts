export { draw } from './draw.ts'
export { endOfRun, maxWord } from './run.ts'
export type { Diagnostic, Position, Source, Span } from './source.ts'
export { byteLength, placeIn, positionOf } from './source.ts'
