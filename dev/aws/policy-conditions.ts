// The Condition element of a policy document. Source: "IAM JSON policy elements: Condition operators"
// (reference_policies_elements_condition_operators) in the IAM User Guide.

import { isIP } from 'node:net'

/** Why AWS would refuse a Condition, in its words where they are known; undefined when it would take it. */
export function conditionProblem(condition: unknown): string | undefined {
  if (condition === undefined) return undefined
  if (!isBlock(condition) || !Object.values(condition).every(isBlock)) return syntax
  const operator = Object.keys(condition).find((name) => !operators.test(name))
  if (operator !== undefined) return `Invalid Condition type : ${operator}`
  const unprefixed = Object.values(condition as Readonly<Record<string, Block>>)
    .flatMap((keys) => Object.keys(keys))
    .find((key) => !/^[a-zA-Z0-9-]+:./.test(key))
  if (unprefixed !== undefined) {
    return 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'
  }
  const compared = Object.entries(condition).flatMap(([name, keys]) =>
    Object.values(keys as Block).map((values) => [name, values] as const),
  )
  return compared.every(([name, values]) => areValues(name, values)) ? undefined : syntax
}

// "AWS global condition context keys" and the keys of each service (reference_policies_elements_condition): a vendor, a
// colon, and a name. IAM Access Analyzer's policy checks call anything else "Invalid condition key format".
const syntax = 'Syntax errors in policy.'

// Every operator of IAM, also those that trust.ts does not evaluate.
const operators = new RegExp(
  [
    '^(ForAllValues:|ForAnyValue:)?(',
    'String(Not)?(Equals(IgnoreCase)?|Like)|(Numeric|Date)((Not)?Equals|(LessThan|GreaterThan)(Equals)?)',
    '|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like)',
    ')(IfExists)?$|^Null$',
  ].join(''),
)

// "Numeric", "Date" (ISO 8601 or seconds since the Unix epoch) and "IP address condition operators" (CIDR).
const forms: readonly (readonly [operator: RegExp, isOne: (text: string) => boolean])[] = [
  [/Numeric/, (text) => /^[+-]?\d+(\.\d+)?$/.test(text)],
  [/Date/, (text) => /^\d+$/.test(text) || (/^\d{4}-\d\d/.test(text) && !Number.isNaN(Date.parse(text)))],
  [/IpAddress/, isAddressRange],
]

/** "Arrays can take one or more values" (reference_policies_grammar), each in the form that its operator compares. */
function areValues(operator: string, values: unknown): boolean {
  const given: readonly unknown[] = Array.isArray(values) ? values : [values]
  const [, isOne] = forms.find(([kind]) => kind.test(operator)) ?? []
  return (
    given.length > 0 &&
    given.every((value) => ['string', 'number', 'boolean'].includes(typeof value)) &&
    (isOne === undefined || given.every((value) => isOne(String(value))))
  )
}

function isAddressRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

type Block = Readonly<Record<string, unknown>>

const isBlock = (value: unknown): value is Block =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
