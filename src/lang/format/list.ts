// Where a list breaks and which of its keys are aligned (go/printer before Go 1.10): breaks stay where the
// author put them, and keys in neighbouring lines form a column unless their widths differ too much.

/** What the decision needs of an item: its lines in the source, and its width, that of its key if it has one. */
export type Shape = {
  readonly line: number
  readonly endLine: number
  readonly isPair: boolean
  /** 0 for an item that does not fit on a line. */
  readonly size: number
}

/** `section` breaks and ends columns, `newline` breaks and lets them go on. */
export type ItemPlan = {
  readonly line: number
  readonly breaks: 'no' | 'newline' | 'section'
  readonly aligned: boolean
}

const smallSize = 20
const maxRatio = 4

/** What comes before each item of a list whose bracket opens on this line. */
export function planList(shapes: readonly Shape[], open: number): readonly ItemPlan[] {
  let breakBefore = -1
  return shapes.map((shape, at) => {
    const previous = shapes[at - 1]
    const isOnNewLine = (previous?.endLine ?? open) < shape.line
    const aligned = shapes.length > 1 && shape.isPair && shape.size > 0 && isOnNewLine
    if (!isOnNewLine) return { line: shape.line, breaks: 'no', aligned }
    // More than one item on the line before: their columns would be no columns of this one.
    const wasAlone = breakBefore + 1 >= at
    breakBefore = at
    const goesOn = previous !== undefined && wasAlone && areAlike(previous.size, shape.size)
    return { line: shape.line, breaks: goesOn ? 'newline' : 'section', aligned }
  })
}

function areAlike(size: number, next: number): boolean {
  if (size === 0 || next === 0) return false
  if (size <= smallSize && next <= smallSize) return true
  const ratio = next / size
  return ratio > 1 / maxRatio && ratio < maxRatio
}
