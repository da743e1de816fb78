// The policy made an error. Operators and built-ins throw a Failure, the evaluator knows where it happened, and
// nobody outside ever sees it: the result of an evaluation is a value, never an exception.

/** An error of the policy's. It is thrown without a place; whoever evaluates adds that. */
export class Failure extends Error {
  override readonly name = 'Failure'
}

/** Who is charged for work and for what is made; either may be too much, which is a Failure. */
export type Costs = {
  step(count?: number): void
  pay(bytes: number): void
}

/** On what terms values come in from elsewhere: who pays, and whether anybody may change a list or a map. */
export type Terms = Costs & { readonly changesData: boolean }

/** Ends the evaluation with a message: lower case, one line, no final full stop. */
export function fail(message: string): never {
  throw new Failure(message)
}
