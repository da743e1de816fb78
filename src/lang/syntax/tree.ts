// The tree of a policy. It is what a person wrote, parentheses and spellings (`is`, `==`) included, so that the
// formatter can print it and messages can quote it. Every node has its span. Plain data, never changed.
//
// INVARIANT: what repeats in a line (`a + b + c`, `else if`) makes no deep tree, except that binary operators
// lean left. Whoever walks a tree goes down `left` in a loop (see `operandsOf`) and may recurse into all else:
// the parser allows at most `maxNesting` levels.

import type { Span } from '../../source/index.ts'
import type { Bytes } from '../values/bytes.ts'
import type { Int } from '../values/int.ts'
import type { BinaryOperator } from './precedence.ts'

type Node<Kind extends string, Fields> = { readonly kind: Kind; readonly span: Span } & Readonly<Fields>

/** A name at a place. */
export type Name = { readonly text: string; readonly span: Span }

export type IntLiteral = Node<'int', { value: Int; raw: string }>
export type FloatLiteral = Node<'float', { value: number; raw: string }>
export type StringLiteral = Node<'string', { value: Bytes; raw: string }>
export type Identifier = Node<'identifier', { name: string }>
export type ListLiteral = Node<'list', { elements: readonly Expression[] }>
export type MapEntry = { readonly key: Expression; readonly value: Expression }
export type MapLiteral = Node<'map', { entries: readonly MapEntry[] }>
export type FunctionLiteral = Node<'function', { parameters: readonly Name[]; body: Block }>
export type RuleLiteral = Node<'rule', { predicate: Expression | undefined; body: Expression }>

/** `any`, `all`, `filter` or `map`, with one or two names for what it goes through. */
export type Quantifier = Node<
  'quantifier',
  { operator: QuantifierOperator; collection: Expression; names: readonly Name[]; body: Expression }
>
export type QuantifierOperator = 'all' | 'any' | 'filter' | 'map'

export type Unary = Node<'unary', { operator: UnaryOperator; operand: Expression }>
export type UnaryOperator = '+' | '-' | '!' | 'not'
export type Binary = Node<'binary', { operator: BinaryOperator; left: Expression; right: Expression }>

/** `is empty` and its like, which stand behind their operand. */
export type Test = Node<'test', { operator: TestOperator; operand: Expression }>
export type TestOperator = 'is empty' | 'is not empty' | 'is defined' | 'is not defined'

export type Selector = Node<'selector', { operand: Expression; name: Name }>
export type Index = Node<'index', { operand: Expression; index: Expression }>
export type Slice = Node<
  'slice',
  { operand: Expression; low: Expression | undefined; high: Expression | undefined }
>
export type Call = Node<'call', { callee: Expression; arguments: readonly Expression[] }>
export type Group = Node<'group', { inner: Expression }>

export type Expression =
  | IntLiteral
  | FloatLiteral
  | StringLiteral
  | Identifier
  | ListLiteral
  | MapLiteral
  | FunctionLiteral
  | RuleLiteral
  | Quantifier
  | Unary
  | Binary
  | Test
  | Selector
  | Index
  | Slice
  | Call
  | Group

export type Block = { readonly span: Span; readonly statements: readonly Statement[] }
export type Assignment = Node<
  'assignment',
  { target: Identifier | Index; operator: AssignmentOperator; value: Expression }
>
export type AssignmentOperator = '=' | '+=' | '-=' | '*=' | '/=' | '%='
export type ExpressionStatement = Node<'expression', { expression: Expression }>
export type Branch = { readonly condition: Expression; readonly body: Block }
/** `if`, every `else if` and the last `else`. */
export type If = Node<'if', { branches: readonly Branch[]; otherwise: Block | undefined }>
export type For = Node<'for', { collection: Expression; names: readonly Name[]; body: Block }>
/** One clause of `case`; without values it is the `else`. */
export type Clause = {
  readonly span: Span
  readonly values: readonly Expression[] | undefined
  readonly statements: readonly Statement[]
}
export type Case = Node<'case', { subject: Expression | undefined; clauses: readonly Clause[] }>
export type FunctionDeclaration = Node<'declaration', { name: Name; function: FunctionLiteral }>
export type Return = Node<'return', { value: Expression }>
export type Jump = Node<'break' | 'continue', unknown>
export type BlockStatement = Node<'block', { body: Block }>

export type Statement =
  | Assignment
  | ExpressionStatement
  | If
  | For
  | Case
  | FunctionDeclaration
  | Return
  | Jump
  | BlockStatement

/** `import "path" as alias`. The path is text, not bytes: it names something of the host's. */
export type Import = {
  readonly span: Span
  readonly path: string
  readonly alias: Name | undefined
}

/** `param name default value`. */
export type Param = { readonly span: Span; readonly name: Name; readonly value: Expression | undefined }

/** A whole source. */
export type Program = {
  readonly span: Span
  readonly imports: readonly Import[]
  readonly params: readonly Param[]
  readonly statements: readonly Statement[]
  /** Whether there is any function in it. */
  readonly hasFunctions: boolean
  /** Every comment, in order. */
  readonly comments: readonly Span[]
  /** How many tokens it has, a comment counting for two. */
  readonly size: number
}

/** How deep brackets, blocks and prefix operators may nest. */
export const maxNesting = 400
