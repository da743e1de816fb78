import { readSync } from 'node:fs'

/** A stretch of a file up to a line break, or up to the end. */
export type RawLine = {
  /** From 1. */
  readonly number: number
  /** Without the line break. Empty when the line is too long to be kept. */
  readonly bytes: Buffer
  readonly tooLong: boolean
  /** Whether a line break followed. */
  readonly ended: boolean
}

const [chunkBytes, maxLineBytes] = [256 * 1024, 16 * 1024 * 1024]

/** The lines of an open file from its present position on, in bounded memory. The bytes are valid until the next line. */
export function* linesOf(file: number): Generator<RawLine> {
  const chunk = Buffer.allocUnsafe(chunkBytes)
  let carried: Buffer[] = []
  let carriedBytes = 0
  let number = 0
  const take = (last: Buffer, ended: boolean): RawLine => {
    const tooLong = carriedBytes + last.length > maxLineBytes
    const bytes = tooLong ? Buffer.alloc(0) : carried.length === 0 ? last : Buffer.concat([...carried, last])
    carried = []
    carriedBytes = 0
    return { number: ++number, bytes, tooLong, ended }
  }
  for (let count = read(file, chunk); count > 0; count = read(file, chunk)) {
    let at = 0
    for (let end = chunk.indexOf(0x0a); end !== -1 && end < count; end = chunk.indexOf(0x0a, at)) {
      yield take(chunk.subarray(at, end), true)
      at = end + 1
    }
    if (at < count && carriedBytes <= maxLineBytes) carried.push(Buffer.from(chunk.subarray(at, count)))
    carriedBytes += count - at
  }
  if (carriedBytes > 0) yield take(Buffer.alloc(0), false)
}

function read(file: number, chunk: Buffer): number {
  return readSync(file, chunk, 0, chunk.length, null)
}
