// Long texts are made piece by piece: what takes time and memory in between is soon over, and every piece is paid for
// as it is made. A piece is paid twice, since it lies beside the whole for a moment, and a third more: see meter.ts.

import type { Meter } from '../run/meter.ts'
import { type Bytes, piecesOf } from '../values/bytes.ts'
import { boxBytes } from '../values/prices.ts'

const piecesAtOnce = 4096
const costOf = (bytes: number) => Math.ceil((bytes * 8) / 3)

/** A text that grows. */
export class Pieces {
  private readonly meter: Meter
  private readonly made: Bytes[] = []
  private readonly last: Bytes[] = []
  private ahead = 0

  constructor(meter: Meter) {
    this.meter = meter
  }

  /** Pays for what the next pieces will hold at least, where that may be a lot. */
  expect(bytes: number): void {
    this.meter.pay(costOf(bytes))
    this.ahead += bytes
  }

  add(piece: Bytes): void {
    this.meter.pay(boxBytes + costOf(Math.max(0, piece.length - this.ahead)))
    this.ahead = Math.max(0, this.ahead - piece.length)
    this.last.push(piece)
    // Millions of small pieces would take far more than the text.
    if (this.last.length === piecesAtOnce) this.made.push(this.last.splice(0).join(''))
  }

  /** All of it. */
  text(): Bytes {
    return this.made.concat(this.last).join('')
  }
}

/** A text made of another one, piece by piece. */
export function pieceByPiece(
  meter: Meter,
  text: Bytes,
  make: (piece: Bytes, pieces: Pieces) => Bytes,
): Bytes {
  const pieces = new Pieces(meter)
  for (const piece of piecesOf(text)) {
    meter.step(piece.length >> 2)
    pieces.add(make(piece, pieces))
  }
  return pieces.text()
}
