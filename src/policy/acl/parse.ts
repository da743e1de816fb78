// Reads an ACL policy: HCL 1, or JSON that says the same. All that is wrong comes at once, in order of place, in Vault's
// words where clients look for them (spec/vault.md 4.1).

import { type Name, readHcl1, toPlain, type Value } from '../../hcl/index.ts'
import type { Diagnostic, Source } from '../../source/index.ts'
import { capabilityBit, closestCapability, legacyPolicies } from './capability.ts'
import { readControlGroup } from './control-group.ts'
import { type Block, type Fields, Reading } from './reading.ts'
import {
  type AclPolicy,
  type AclRule,
  type Conditions,
  type ControlGroup,
  noConditions,
  type ParameterRules,
} from './rule.ts'
import { type Template, textToTemplate } from './template.ts'

/** A policy that was read; undefined where a diagnostic is an error. */
export type ParsedAcl = {
  readonly policy: AclPolicy | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/** Vault's own storage takes no larger entry. In UTF-16 code units. */
const maxLength = 1_048_576
/** Of one path. */
const maxSegments = 250

/**
 * Reads an ACL policy.
 *
 * @param name in lower case, as it is stored
 * @param namespace the path of the policy's namespace: empty for the root, otherwise ending in a slash
 */
export function parseAcl(source: Source, name: string, namespace = ''): ParsedAcl {
  if (source.text.length > maxLength) {
    const message = 'the policy is longer than 1 MiB'
    return { policy: undefined, diagnostics: [{ severity: 'error', message, span: { start: 0, end: 0 } }] }
  }
  const { root, diagnostics } = readHcl1(source)
  const reading = new Reading(source, diagnostics)
  const rules: AclRule[] = []
  const fields: Fields = {
    name: () => {},
    path(value) {
      for (const rule of readPaths(reading, value, namespace)) rules.push(rule)
    },
  }
  reading.block('').fields([root], fields, ['path'])
  const found = reading.diagnostics.toSorted((a, b) => a.span.start - b.span.start)
  if (found.some(({ severity }) => severity === 'error')) return { policy: undefined, diagnostics: found }
  const isTemplated = rules.some(({ pattern }) => pattern.some((part) => typeof part !== 'string'))
  return { policy: { name, namespace, rules, isTemplated }, diagnostics: found }
}

/** `path "a" { … }`, and all that JSON may make of several. */
function readPaths(reading: Reading, value: Value, namespace: string): readonly AclRule[] {
  return reading
    .block('')
    .objects(value, 'path')
    .flatMap(({ entries }) => entries)
    .flatMap((entry) => readRule(reading, entry.name, entry.value, namespace) ?? [])
}

function readRule(reading: Reading, name: Name, value: Value, namespace: string): AclRule | undefined {
  const block = reading.block(`path ${JSON.stringify(name.text)}: `)
  const draft = emptyDraft()
  const pattern = readPattern(block, name, namespace)
  block.fields(block.objects(value, 'it'), ruleFields(block, draft), [])
  if (draft.max !== 0 && draft.max < draft.min)
    block.report(name.span, 'max_wrapping_ttl cannot be less than min_wrapping_ttl')
  if (pattern === undefined) return undefined
  const { capabilities, expiresAtMs } = draft
  return { pattern, capabilities, conditions: conditionsOf(draft), expiresAtMs, span: name.span }
}

type Draft = {
  capabilities: number
  min: number
  max: number
  expiresAtMs: number | undefined
  allowed: ParameterRules
  denied: ParameterRules
  required: readonly string[]
  mfaMethods: readonly string[]
  controlGroups: readonly ControlGroup[]
}

function emptyDraft(): Draft {
  const { minWrapSeconds: min, maxWrapSeconds: max, ...rest } = noConditions
  return { capabilities: 0, min, max, expiresAtMs: undefined, ...rest }
}

function conditionsOf({ min, max, allowed, denied, required, mfaMethods, controlGroups }: Draft): Conditions {
  return { allowed, denied, required, minWrapSeconds: min, maxWrapSeconds: max, mfaMethods, controlGroups }
}

function ruleFields(block: Block, draft: Draft): Fields {
  return {
    capabilities: (value) => readCapabilities(block, draft, value),
    policy: (value) => readLegacyPolicy(block, draft, value),
    allowed_parameters(value) {
      draft.allowed = readParameters(block, value, 'allowed_parameters')
    },
    denied_parameters(value) {
      draft.denied = readParameters(block, value, 'denied_parameters')
    },
    required_parameters(value) {
      draft.required = lowerCased(block.strings(value, 'required_parameters'))
    },
    min_wrapping_ttl(value) {
      draft.min = block.seconds(value, 'min_wrapping_ttl')
    },
    max_wrapping_ttl(value) {
      draft.max = block.seconds(value, 'max_wrapping_ttl')
    },
    mfa_methods(value) {
      draft.mfaMethods = block.strings(value, 'mfa_methods')
    },
    control_group(value) {
      draft.controlGroups = [readControlGroup(block, value)]
    },
    expiration(value) {
      draft.expiresAtMs = readMoment(block, value)
    },
    subscribe_event_types: (value) => void block.strings(value, 'subscribe_event_types'),
    comment: (value) => void block.string(value, 'comment'),
  }
}

function readCapabilities(block: Block, draft: Draft, value: Value): void {
  for (const element of block.list(value, 'capabilities')) {
    const name = block.string(element, 'each of capabilities')
    const bit = name === undefined ? 0 : capabilityBit(name)
    if (bit !== undefined) draft.capabilities |= bit
    else invalid(block, element, 'capability', name, closestCapability(name ?? ''))
  }
}

function readLegacyPolicy(block: Block, draft: Draft, value: Value): void {
  const word = block.string(value, 'policy')
  const set = word === undefined ? 0 : legacyPolicies.get(word)
  if (set !== undefined) draft.capabilities |= set
  else invalid(block, value, 'policy', word, undefined)
}

function invalid(
  block: Block,
  value: Value,
  what: string,
  text: string | undefined,
  meant: string | undefined,
): void {
  const hint = meant === undefined ? undefined : `did you mean \`${meant}\`?`
  block.report(value.span, `invalid ${what} ${JSON.stringify(text)}`, hint)
}

function readParameters(block: Block, value: Value, what: string): ParameterRules {
  const rules = new Map<string, readonly unknown[]>()
  for (const { name, value: values } of block.objects(value, what).flatMap(({ entries }) => entries)) {
    const key = name.text.toLowerCase()
    if (rules.has(key)) block.report(name.span, `${JSON.stringify(name.text)} is given twice`, 'say it once')
    const list = block.list(values, `each of ${what}`)
    rules.set(key, list.map(toPlain))
  }
  return rules
}

const lowerCased = (names: readonly string[]) => [...new Set(names.map((name) => name.toLowerCase()))]

function readMoment(block: Block, value: Value): number | undefined {
  const text = block.string(value, 'expiration')
  if (text === undefined) return undefined
  const isMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(text)
  const moment = isMoment ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(moment)) return moment
  block.report(value.span, 'expiration must be a time', 'write it like 2026-12-31T23:59:59Z')
  return undefined
}

function readPattern(block: Block, name: Name, namespace: string): Template | undefined {
  const text = name.text.startsWith('/') ? name.text.slice(1) : name.text
  if (text.includes('+*')) {
    block.report(
      name.span,
      "invalid use of wildcards ('+*' is forbidden)",
      'a trailing `*` follows a `/` or a letter',
    )
    return undefined
  }
  if (text.split('/', maxSegments + 1).length > maxSegments) {
    block.report(name.span, `it has more than ${maxSegments} segments`)
    return undefined
  }
  const template = textToTemplate(namespace + text)
  if ('message' in template) {
    block.report(name.span, template.message, template.hint)
    return undefined
  }
  if (template.at(-1) === '*' && template.length > 1)
    block.warn(
      name.span,
      'it also matches whatever begins with the value that is filled in',
      'end it with `/*`',
    )
  return template
}
