// The binary operators and how tightly they bind (specification 1.9). All of them lean left; `is empty` and
// `is defined` stand on the level of comparisons, prefix operators above all of these.

/** Every binary operator as it is written, with its level: the higher, the tighter. */
export const precedence = {
  or: 1,
  xor: 1,
  and: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  is: 3,
  'is not': 3,
  matches: 3,
  'not matches': 3,
  contains: 3,
  'not contains': 3,
  in: 3,
  'not in': 3,
  else: 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
} as const

export type BinaryOperator = keyof typeof precedence

/** The level of comparisons, where `is empty` and `is defined` stand too. */
export const comparisonLevel = 3
