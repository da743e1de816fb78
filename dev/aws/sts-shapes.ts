// What the calls of STS may hold. Sources: API_AssumeRole, API_GetSessionToken, API_Tag, API_PolicyDescriptorType and
// API_ProvidedContext in the STS API Reference.

import { list, needed, notHere, structure, text, whole } from './shapes.ts'

// It keeps out the reserved prefix `aws:` with its colon.
const name = text({ min: 2, max: 64, pattern: /^[\w+=,.@-]*$/ })
const arn = text({
  min: 20,
  max: 2048,
  pattern: /^[\t\n\r\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]+$/u,
})
const tagKey = text({ min: 1, max: 128, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u })
const tagValue = text({ max: 256, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u })

/** A code of an MFA device, in both calls that take one. */
const mfa = {
  SerialNumber: text({ min: 9, max: 256, pattern: /^[\w+=/:,.@-]*$/ }),
  TokenCode: text({ min: 6, max: 6, pattern: /^[\d]*$/ }),
}

export const assumeRoleInput = structure({
  RoleArn: needed(arn),
  RoleSessionName: needed(name),
  // At most ten, says the reference's text.
  PolicyArns: list(structure({ arn: needed(arn) }), { max: 10 }),
  Policy: text({ min: 1, pattern: /^[\t\n\r\u0020-\u00FF]+$/ }),
  DurationSeconds: whole({ min: 900, max: 43200 }),
  Tags: list(structure({ Key: needed(tagKey), Value: needed(tagValue) }), { max: 50 }),
  TransitiveTagKeys: list(tagKey, { max: 50 }),
  // The reference writes [\w+=,.@:\/-]*: what looks like a backslash escapes the slash.
  ExternalId: text({ min: 2, max: 1224, pattern: /^[\w+=,.@:/-]*$/ }),
  ...mfa,
  SourceIdentity: name,
  ProvidedContexts: notHere(
    list(structure({ ProviderArn: arn, ContextAssertion: text({ min: 4, max: 2048 }) }), { min: 1, max: 5 }),
  ),
})

export const getSessionTokenInput = structure({
  DurationSeconds: whole({ min: 900, max: 129600 }),
  ...mfa,
})
