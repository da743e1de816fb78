// Asks step-up methods on behalf of decisions. Who is to confirm is whoever stands behind the token; on a login whoever
// the mount would know by the request, which nobody has verified yet.
//
// INVARIANT: whoever logs in is told the same of every name, known or not: what is missing goes to the log and the record.

import type { Checked, Mfa, Person } from '../../mfa/index.ts'
import type { FactorAnswer } from '../../policy/index.ts'
import type { Request } from '../door.ts'
import { readMfaHeader } from '../http/mfa-header.ts'
import type { Behind } from './governs.ts'

export type FactorDeps = {
  readonly mfa: Mfa
  /** Who stands behind a request. */
  behind(asked: Behind): Person
  /** Says something to whoever runs the server. */
  log(message: string): void
}

/** Asks methods. */
export type Factors = {
  /** @throws SentinelError where it cannot be found out */
  ask(method: string, behind: Behind): Promise<FactorAnswer>
}

export function openFactors({ mfa, behind, log }: FactorDeps): Factors {
  return {
    async ask(method, asked) {
      const { request } = asked
      const code = codeFor(method, request)
      // Of two codes nobody says which is meant, and no guess is free.
      if (code === 'several') return no('more than one code was sent', 'send one code')
      const { address } = request.remote
      const checked = await mfa.check(method, { person: behind(asked), code, address })
      if (checked.valid) return checked
      log(
        `[WARN] sentinel: MFA method ${method} did not confirm: request_id=${request.id} path=${JSON.stringify(request.path)} because=${JSON.stringify(checked.because)}`,
      )
      return no(checked.because, toldOf(method, checked))
    },
  }
}

const no = (because: string, told: string): FactorAnswer => ({ valid: false, because, told })

function codeFor(method: string, { headers }: Request): string | undefined | 'several' {
  const given = readMfaHeader(headers.get('x-vault-mfa') ?? method)
  if ('fault' in given) return undefined
  const values = given.get(method)
  if (values === undefined) return undefined
  return values.length > 1 ? 'several' : (values[0] ?? '')
}

/** Nothing that depends on who somebody is. */
function toldOf(method: string, { fault }: Extract<Checked, { readonly valid: false }>): string {
  switch (fault) {
    case 'method':
      return 'there is no such method'
    case 'code':
      return `no code was sent: X-Vault-MFA: ${method}:CODE`
    case 'attempts':
      return 'it was tried too often: wait a few minutes'
    case 'connector':
      return 'the server cannot ask anybody by it'
    case 'person':
    case 'wrong':
      return 'it takes an entity with an alias of the mount, which has enrolled with the method, and a code that is right and was not used'
  }
}
