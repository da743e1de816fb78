/** An answer: the value, or why there is none, which is an error of the policy then. */
export type Answer = {
    readonly value: unknown;
} | {
    readonly error: string;
};

/** What a policy is compiled with: imports that stay the same in all its evaluations. */
export type CompileOptions = Imports & {
    /** How many words, marks and comments the source may have, a comment counting twice: 900,000, and not more. */
    readonly size?: number;
};

/** Something wrong, or worth a warning, at a place in a source. */
export type Diagnostic = {
    readonly severity: 'error' | 'warning';
    /** Lower case, one line, no final full stop; the author's text in backticks. */
    readonly message: string;
    readonly span: Span;
    /** One imperative sentence about the likely fix. */
    readonly hint?: string | undefined;
    /** The place as a path into the document, such as `rules[0].effect`; empty for the whole. */
    readonly location?: string | undefined;
};

/** What went wrong in a policy. */
export type EvaluationError = Location & {
    readonly message: string;
    /** Whether the evaluation used up what it may. */
    readonly isOverLimit: boolean;
    /** The place in the source, for a drawing. */
    readonly source: Source;
    readonly span: Span;
};

/** What an evaluation is given; all of it may be left out. */
export type EvaluationInputs = Imports & {
    /**
     * Variables that the policy finds. Whole numbers are int, others float; objects (their own fields) and Maps are
     * maps; what the language does not have, functions and symbols, is undefined.
     */
    readonly globals?: Named<unknown>;
    /** Values of parameters. One that has neither a value nor a default is an error. */
    readonly params?: Named<unknown>;
    /** Facts that earlier evaluations needed, by the key of the need. */
    readonly answers?: Named<Answer>;
    /** The instant: milliseconds, or nanoseconds as a bigint, since the Unix epoch. It stands still. Default: the epoch. */
    readonly now?: number | bigint;
    /** The zone that the import `time` shows times in. Default: UTC. */
    readonly zone?: TimeZone;
    /** Whether the policy may import `http`, whose exchanges the host makes as answers. Default: no. */
    readonly http?: boolean;
    /** What the evaluation may use; each that is left out is that of `sentinel apply`. */
    readonly limits?: Partial<Limits>;
};

export type Expression = IntLiteral | FloatLiteral | StringLiteral | Identifier | ListLiteral | MapLiteral | FunctionLiteral | RuleLiteral | Quantifier | Unary | Binary | Test | Selector | Index | Slice | Call | Group;

/**
 * A double. It is boxed because integers, which are far more common, are plain numbers. A host may give one where it
 * wants a whole number to be float.
 */
export declare class Float {
    readonly value: number;
    constructor(value: number);
}

/**
 * The canonical text, or why there is none: a source that does not parse is never touched, nor one whose text would grow
 * beyond 16 MiB by its columns and its indentation.
 */
export type Formatted = {
    readonly kind: 'formatted';
    readonly text: string;
} | {
    readonly kind: 'invalid';
    readonly diagnostics: readonly Diagnostic[];
};

/** What stands under which name: more names, or `any` where only the host's data tells. */
export type HostNames = ReadonlyMap<string, HostNames | 'any'>;

/** What a host gets to see of a value: Maps, arrays, strings, numbers, bigints; a function as `null`. */
export type HostValue = undefined | null | boolean | number | bigint | string | HostValue[] | Map<HostValue, HostValue>;

/** What the host is asked: one HTTP exchange. Its answer is `{ status_code, headers, body }`. */
export type HttpQuestion = {
    readonly import: 'http';
    readonly method: 'GET' | 'POST';
    readonly url: string;
    readonly headers: ReadonlyMap<string, string>;
    readonly body: string;
    readonly timeoutSeconds: number;
    readonly retries: number;
    readonly verifiesCertificates: boolean;
};

/** What a policy may import besides the standard imports, by import path. */
export type Imports = {
    /**
     * Modules: their source, or what `compile` made of it. They stand before the standard imports, so a mock may
     * stand for any of these. A text without a name is called by its path.
     */
    readonly modules?: Named<SourceLike | Policy>;
    /**
     * Plain data (static imports): anything that JSON can hold, and Maps and bigints. Of data called `pets` the import
     * `pets/dogs` has what the key `dogs` holds.
     */
    readonly data?: Named<unknown>;
};

/** What one evaluation may use. */
export type Limits = {
    /** Nodes evaluated. */
    readonly steps: number;
    /** Nested calls of functions. */
    readonly depth: number;
    /** Bytes of values made. */
    readonly bytes: number;
    /** Bytes printed. */
    readonly output: number;
    /** Milliseconds on the clock, if there is a clock. */
    readonly wallMs: number;
    /** Those of them that evaluations before took, which needed a fact. Default: none. */
    readonly spentMs?: number;
    /** Monotonous milliseconds, for `wallMs`. Without it time is not limited. Looked at every few thousand steps. */
    readonly clock?: {
        now(): number;
    } | undefined;
};

/** A diagnostic with the rule that found it; errors of the source come from no rule. */
export type LintFinding = Diagnostic & {
    readonly rule: LintRuleName | undefined;
};

/** What a rule is for, and a policy that breaks it beside one that does not. */
export type LintRule = {
    /** One sentence: what is found. */
    readonly finds: string;
    /** Why that is rarely meant. */
    readonly why: string;
    readonly bad: string;
    readonly good: string;
};

export type LintRuleName = 'missing-return' | 'subtraction' | 'negated-operand' | 'unused-import' | 'unused-param' | 'unused-variable' | 'repeated-import' | 'undefined-predicate' | 'no-effect' | 'zero-divisor' | 'unknown-rule';

/** A place for people, as Go counts: line and column from 1, the column in bytes; the offset in bytes from 0. */
export type Location = {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly offset: number;
};

/** Named things: a Map, or an object whose own fields count. */
export type Named<T> = ReadonlyMap<string, T> | Readonly<Record<string, T>>;

/** A fact that an evaluation needs. */
export type Need = {
    /** The same question has the same key. */
    readonly key: string;
    /** What is asked, in the form that the import and the host agreed on. */
    readonly ask: unknown;
};

/** A parameter of a policy. */
export type Parameter = {
    readonly name: string;
    /** The comment above it. */
    readonly description: string;
    /** Whether it has no default. */
    readonly isRequired: boolean;
    readonly position: Location;
};

/** A source as a tree, with what is wrong in it, in the order of the text. */
export type Parsed = {
    readonly source: Source;
    readonly program: Program;
    readonly diagnostics: readonly Diagnostic[];
};

/** A whole source. */
export type Program = {
    readonly span: Span;
    readonly imports: readonly Import[];
    readonly params: readonly Param[];
    readonly statements: readonly Statement[];
    /** Whether there is any function in it. */
    readonly hasFunctions: boolean;
    /** Every comment, in order. */
    readonly comments: readonly Span[];
    /** How many tokens it has, a comment counting for two. */
    readonly size: number;
};

/** The result of one evaluation. */
export type Result = {
    readonly status: Status;
    /** What `main` gave. */
    readonly value: HostValue;
    /** Whatever was printed, a line each. */
    readonly print: readonly string[];
    readonly error: EvaluationError | undefined;
    /** Everything wrong with a source that is `invalid`. */
    readonly diagnostics: readonly Diagnostic[];
    readonly undefinedAt: Location | undefined;
    readonly need: Need | undefined;
    readonly trace: Trace;
};

/** A rule that was evaluated. */
export type RuleTrace = {
    readonly name: string;
    /** The comment above it. */
    readonly description: string;
    readonly position: Location;
    /** The whole value; undefined where `isCut`. */
    readonly value: HostValue;
    /** Whether the value is left out: it was too large for what the limits of the evaluation had left, or nests too deep. */
    readonly isCut: boolean;
    /** The value as `print` shows it: the first 4000 bytes, more or less, then `…`. */
    readonly text: string;
    /** The same of a list or map, an element or entry each, of at most 20; undefined for other values. */
    readonly items: readonly string[] | undefined;
    /** How many elements or entries are not among `items`. */
    readonly more: number;
};

/** A text and the name that people know it by: a path, or an SSM parameter's name. */
export type Source = {
    readonly name: string;
    readonly text: string;
};

/** A text with the name that messages call it by, or the text alone. */
export type SourceLike = Source | string;

/** A stretch of a source: offsets in UTF-16 code units, `end` exclusive. */
export type Span = {
    readonly start: number;
    readonly end: number;
};

export type Statement = Assignment | ExpressionStatement | If | For | Case | FunctionDeclaration | Return | Jump | BlockStatement;

/**
 * The outcome. `pass` and `fail` say whether `main` holds; `undefined` that it is neither, with the place where
 * the undefined came from; `error` that the policy went wrong; `invalid` that a source is no policy;
 * `need` that the host has to find out a fact first.
 */
export type Status = 'pass' | 'fail' | 'undefined' | 'error' | 'invalid' | 'need';

/** A time zone: its name, and how far its clocks are ahead of UTC at an instant. */
export type TimeZone = {
    readonly name: string;
    /** Seconds, negative in the west, at an instant in milliseconds since the Unix epoch. */
    offsetSeconds(atMs: number): number;
};

/** How the result came about. */
export type Trace = {
    /** The comment at the top of the policy. */
    readonly description: string;
    /** The rules of the policy that were evaluated: `main` first, the others by name. */
    readonly rules: readonly RuleTrace[];
};

/** Everything that is statically wrong with a program. */
export declare function check(program: Program): readonly Diagnostic[];

/**
 * Reads a policy, to be evaluated many times. One with `diagnostics` evaluates to `invalid`.
 *
 * @example
 * const policy = compile('main = rule { hour >= 9 and hour < 17 }')
 * policy.evaluate({ globals: { hour: 12 } }).status // 'pass'
 */
export declare const compile: (source: SourceLike, options?: CompileOptions) => Policy;

/** The limits of `sentinel apply` (specification 11). */
export declare const defaultLimits: Limits;

/**
 * A diagnostic as people read it: `file:line:column: severity: message`, the line of the source, a caret under
 * the span, and the hint. No line ends in a line break; text of the source is stripped of what a terminal obeys.
 */
export declare function draw(source: Source, diagnostic: Diagnostic): readonly string[];

/**
 * Reads a policy and evaluates it once.
 *
 * @example
 * evaluate('main = rule { user in admins }', { globals: { user: 'alice', admins: ['alice'] } }).status // 'pass'
 */
export declare const evaluate: (source: SourceLike, inputs?: EvaluationInputs) => Result;

/**
 * A source in canonical style: tabs, single blanks around operators, aligned map values, at most one blank
 * line, one newline at the end. Line breaks and comments stay. Formatting twice changes nothing more.
 */
export declare function format(given: SourceLike): Formatted;

/** Everything about a source that its author should look at, in the order of the text. */
export declare function lint(given: SourceLike): readonly LintFinding[];

/** Every rule, the most important first. */
export declare const lintRules: ReadonlyMap<LintRuleName, LintRule>;

/**
 * Reads a policy or module. The tree holds what could be read; it is whole when there are no diagnostics.
 * What the grammar allows and the language does not is found by `check`.
 *
 * @param most how many words, marks and comments it may have: 900,000 by default, and not more
 */
export declare function parse(given: SourceLike, most?: number): Parsed;

/** The paths of the standard imports (specification 3.3). */
export declare const standardImports: ReadonlySet<string>;

/** Imports, variables and properties of a policy that a host does not give, in the order of the text. */
export declare function unknownNames(policy: Policy, given: {
    readonly globals: HostNames;
    readonly imports: ReadonlySet<string>;
}): readonly Diagnostic[];

type Assignment = Node<'assignment', {
    target: Identifier | Index;
    operator: AssignmentOperator;
    value: Expression;
}>;

type AssignmentOperator = '=' | '+=' | '-=' | '*=' | '/=' | '%=';

type Binary = Node<'binary', {
    operator: BinaryOperator;
    left: Expression;
    right: Expression;
}>;

type BinaryOperator = keyof typeof precedence;

type Block = {
    readonly span: Span;
    readonly statements: readonly Statement[];
};

type BlockStatement = Node<'block', {
    body: Block;
}>;

type Branch = {
    readonly condition: Expression;
    readonly body: Block;
};

/** A string of bytes: each character stands for one byte. */
type Bytes = string;

type Call = Node<'call', {
    callee: Expression;
    arguments: readonly Expression[];
}>;

type Case = Node<'case', {
    subject: Expression | undefined;
    clauses: readonly Clause[];
}>;

/** One clause of `case`; without values it is the `else`. */
type Clause = {
    readonly span: Span;
    readonly values: readonly Expression[] | undefined;
    readonly statements: readonly Statement[];
};

type ExpressionStatement = Node<'expression', {
    expression: Expression;
}>;

/** An object by the names of its fields. */
type Fields = Readonly<Record<string, unknown>>;

type FloatLiteral = Node<'float', {
    value: number;
    raw: string;
}>;

type For = Node<'for', {
    collection: Expression;
    names: readonly Name[];
    body: Block;
}>;

type FunctionDeclaration = Node<'declaration', {
    name: Name;
    function: FunctionLiteral;
}>;

type FunctionLiteral = Node<'function', {
    parameters: readonly Name[];
    body: Block;
}>;

type Group = Node<'group', {
    inner: Expression;
}>;

type Identifier = Node<'identifier', {
    name: string;
}>;

/** `if`, every `else if` and the last `else`. */
type If = Node<'if', {
    branches: readonly Branch[];
    otherwise: Block | undefined;
}>;

/** `import "path" as alias`. The path is text, not bytes: it names something of the host's. */
type Import = {
    readonly span: Span;
    readonly path: string;
    readonly alias: Name | undefined;
};

type Index = Node<'index', {
    operand: Expression;
    index: Expression;
}>;

/** An integer from -2^63 to 2^63 - 1: a safe number, or a bigint when it is not safe. Never -0. */
type Int = number | bigint;

type IntLiteral = Node<'int', {
    value: Int;
    raw: string;
}>;

type Jump = Node<'break' | 'continue', unknown>;

type ListLiteral = Node<'list', {
    elements: readonly Expression[];
}>;

type MapEntry = {
    readonly key: Expression;
    readonly value: Expression;
};

type MapLiteral = Node<'map', {
    entries: readonly MapEntry[];
}>;

/** A name at a place. */
type Name = {
    readonly text: string;
    readonly span: Span;
};

type Node<Kind extends string, Fields> = {
    readonly kind: Kind;
    readonly span: Span;
} & Readonly<Fields>;

/** `param name default value`. */
type Param = {
    readonly span: Span;
    readonly name: Name;
    readonly value: Expression | undefined;
};

/** A policy or module that was read: by `compile`. */
declare class Policy {
    readonly source: Source;
    /** Everything wrong with the source, in its order; empty for one that can be evaluated. */
    readonly diagnostics: readonly Diagnostic[];
    private readonly modules;
    private readonly data;
    /** How many words, marks and comments it has, a comment counting twice. */
    get size(): number;
    /** The parameters that it declares, in order. */
    get parameters(): readonly Parameter[];
    /**
     * Evaluates the policy with these inputs; what they import stands before what the policy was compiled with.
     * Never throws for anything that a policy does: an error of the policy is a result.
     *
     * The first ten evaluations walk the tree; those after them run code that is made of it, many times as fast. That
     * code takes no notes: whoever reads `trace`, or the place of an undefined, has the same evaluated once more. So
     * leave the inputs unchanged for as long as you use the result.
     */
    evaluate(inputs?: EvaluationInputs): Result;
}

/** `any`, `all`, `filter` or `map`, with one or two names for what it goes through. */
type Quantifier = Node<'quantifier', {
    operator: QuantifierOperator;
    collection: Expression;
    names: readonly Name[];
    body: Expression;
}>;

type QuantifierOperator = 'all' | 'any' | 'filter' | 'map';

type Return = Node<'return', {
    value: Expression;
}>;

type RuleLiteral = Node<'rule', {
    predicate: Expression | undefined;
    body: Expression;
}>;

type Selector = Node<'selector', {
    operand: Expression;
    name: Name;
}>;

type Slice = Node<'slice', {
    operand: Expression;
    low: Expression | undefined;
    high: Expression | undefined;
}>;

type StringLiteral = Node<'string', {
    value: Bytes;
    raw: string;
}>;

/** `is empty` and its like, which stand behind their operand. */
type Test = Node<'test', {
    operator: TestOperator;
    operand: Expression;
}>;

type TestOperator = 'is empty' | 'is not empty' | 'is defined' | 'is not defined';

type Unary = Node<'unary', {
    operator: UnaryOperator;
    operand: Expression;
}>;

type UnaryOperator = '+' | '-' | '!' | 'not';

/** Every binary operator as it is written, with its level: the higher, the tighter. */
declare const precedence: {
    readonly or: 1;
    readonly xor: 1;
    readonly and: 2;
    readonly '==': 3;
    readonly '!=': 3;
    readonly '<': 3;
    readonly '<=': 3;
    readonly '>': 3;
    readonly '>=': 3;
    readonly is: 3;
    readonly 'is not': 3;
    readonly matches: 3;
    readonly 'not matches': 3;
    readonly contains: 3;
    readonly 'not contains': 3;
    readonly in: 3;
    readonly 'not in': 3;
    readonly else: 4;
    readonly '+': 5;
    readonly '-': 5;
    readonly '*': 6;
    readonly '/': 6;
    readonly '%': 6;
};

export type { Policy }
