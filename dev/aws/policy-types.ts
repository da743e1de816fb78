// The shape of IAM policy documents (IAM User Guide, reference_policies_grammar).

export type OneOrMany<T> = T | readonly T[]
type ConditionValues = OneOrMany<string | boolean | number>

export type Statement = {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: '*' | Readonly<Record<string, OneOrMany<string>>>
  readonly Action?: OneOrMany<string>
  readonly NotAction?: OneOrMany<string>
  readonly Resource?: OneOrMany<string>
  readonly NotResource?: OneOrMany<string>
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, ConditionValues>>>>
}

export type PolicyDocument = { readonly Version?: string; readonly Statement: OneOrMany<Statement> }
