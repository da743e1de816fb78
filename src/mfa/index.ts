// Step-up methods: what a person proves besides their token, one request at a time.

export type { Method, MethodType, PushMethod, PushType, TotpMethod } from './method.ts'
export { pushSettings, pushTypes } from './method.ts'
export type { Checked, Enrolment, Mfa, MfaDeps, Proof } from './mfa.ts'
export { openMfa } from './mfa.ts'
export type { Person, PersonAlias, PushFactor, PushQuestion } from './push.ts'
