// The rules of `lint` as data: what docs/guide/lint.md says of them is written from here, and a test runs every
// example.

/** What a rule is for, and a policy that breaks it beside one that does not. */
export type LintRule = {
  /** One sentence: what is found. */
  readonly finds: string
  /** Why that is rarely meant. */
  readonly why: string
  readonly bad: string
  readonly good: string
}

export type LintRuleName =
  | 'missing-return'
  | 'subtraction'
  | 'negated-operand'
  | 'unused-import'
  | 'unused-param'
  | 'unused-variable'
  | 'repeated-import'
  | 'undefined-predicate'
  | 'no-effect'
  | 'zero-divisor'
  | 'unknown-rule'

/** Every rule, the most important first. */
export const lintRules: ReadonlyMap<LintRuleName, LintRule> = new Map([
  [
    'missing-return',
    {
      finds: 'A function may come to its end without `return`.',
      why: 'Its result is undefined then, and so is what is computed from it. HashiCorp’s own engine ends the policy with an error.',
      bad: 'func limit(kind) {\n\tif kind is "prod" {\n\t\treturn 10\n\t}\n}\n\nmain = limit("dev") is 2\n',
      good: 'func limit(kind) {\n\tif kind is "prod" {\n\t\treturn 10\n\t}\n\treturn 2\n}\n\nmain = limit("dev") is 2\n',
    },
  ],
  [
    'subtraction',
    {
      finds: 'A selected name goes on behind a hyphen, as in `a.b-c`.',
      why: 'Names have no hyphens: this subtracts `c` from `a.b`. A key with a hyphen is selected in brackets. With blanks around the hyphen, as the formatter puts them, it counts as meant where the source knows the name on the right.',
      bad: 'main = rule { request.data.zip - code is "20500" }\n',
      good: 'main = rule { request.data["zip-code"] is "20500" }\n',
    },
  ],
  [
    'negated-operand',
    {
      finds: '`not` or `!` stands before a comparison without parentheses, as in `not a in b`.',
      why: 'They bind tighter than every other operator: this asks whether `not a` is in `b`, mostly a runtime error.',
      bad: 'param region\n\nmain = rule { not region in ["us-east-1"] }\n',
      good: 'param region\n\nmain = rule { region not in ["us-east-1"] }\n',
    },
  ],
  [
    'undefined-predicate',
    {
      finds: 'What stands behind `rule when` may be undefined.',
      why: 'The rule is true then, as if it did not apply: a misspelt or absent field switches the check off. Fields and elements count as possibly undefined, and variables that are made of them once; what Vault gives with every request (`request.path`, `request.operation`, `namespace.path` and their like) and what standard imports hold does not.',
      bad: 'main = rule when token.metadata.team is "web" { request.operation is "read" }\n',
      good: 'main = rule when (token.metadata.team else "") is "web" { request.operation is "read" }\n',
    },
  ],
  [
    'unused-import',
    {
      finds: 'An import is never used.',
      why: 'It is left over from an edit, or the name that was to use it is misspelt.',
      bad: 'import "strings"\n\nmain = true\n',
      good: 'import "strings"\n\nmain = strings.has_prefix(request.path, "secret/")\n',
    },
  ],
  [
    'unused-param',
    {
      finds: 'A parameter is never used.',
      why: 'Whoever sets it believes that it changes something.',
      bad: 'param limit default 10\n\nmain = length(request.data) < 10\n',
      good: 'param limit default 10\n\nmain = length(request.data) < limit\n',
    },
  ],
  [
    'unused-variable',
    {
      finds:
        'A variable, function or rule is given a value that nothing in the file reads. What stands at the top of a module counts as read by others, and so does `_`.',
      why: 'A rule that `main` forgets is never evaluated, and forbids nothing.',
      bad: 'small = rule { request.data.size < 10 }\nquick = rule { request.data.ttl < 60 }\n\nmain = rule { small }\n',
      good: 'small = rule { request.data.size < 10 }\nquick = rule { request.data.ttl < 60 }\n\nmain = rule { small and quick }\n',
    },
  ],
  [
    'repeated-import',
    {
      finds: 'The same path is imported a second time.',
      why: 'Once is enough.',
      bad: 'import "time"\nimport "time"\n\nmain = time.now.hour > 8\n',
      good: 'import "time"\n\nmain = time.now.hour > 8\n',
    },
  ],
  [
    'no-effect',
    {
      finds: 'A line computes something and does nothing with it.',
      why: 'Often an assignment was meant, or a `return` was forgotten.',
      bad: 'allowed = false\nallowed is true\n\nmain = allowed\n',
      good: 'allowed = false\nallowed = true\n\nmain = allowed\n',
    },
  ],
  [
    'zero-divisor',
    {
      finds: 'An integer is divided by a literal 0.',
      why: 'The policy ends there with an error.',
      bad: 'main = length(request.data) % 0 is 0\n',
      good: 'main = length(request.data) % 2 is 0\n',
    },
  ],
  [
    'unknown-rule',
    {
      finds: 'A `lint:ignore` names a rule that does not exist.',
      why: 'It ignores nothing.',
      bad: '# lint:ignore unused-imports\nimport "time"\n\nmain = time.now.hour > 8\n',
      good: '# lint:ignore unused-import\nimport "time"\n\nmain = true\n',
    },
  ],
])
