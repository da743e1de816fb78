// The header X-Vault-MFA (spec/vault.md 5.9): names of step-up methods, each alone or with what is given to it behind a
// colon. A header that is sent several times arrives as one, with commas.

/** What was given to each method, in the order of the header; empty where only its name was sent. */
export type MfaGiven = ReadonlyMap<string, readonly string[]>

/** Reads the header, or says what is wrong with it. */
export function readMfaHeader(text: string): MfaGiven | { readonly fault: string } {
  const given = new Map<string, string[]>()
  for (const each of text.split(',')) {
    const [name = '', value] = each.trim().split(/:(.*)/s)
    if (name === '') return { fault: 'missing method name or ID' }
    if (value === '') return { fault: 'missing value' }
    const values = given.get(name) ?? []
    if (value !== undefined) values.push(value.replace(/^passcode=/, ''))
    given.set(name, values)
  }
  return given
}
