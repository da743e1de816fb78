/** Names of policies as a token keeps them: lower case, each once, sorted; `root` makes the others meaningless. */
export function policyNames(names: readonly string[]): readonly string[] {
  const clean = new Set(names.map((name) => name.trim().toLowerCase()).filter((name) => name !== ''))
  return clean.has('root') ? ['root'] : [...clean].sort()
}

/** The same with `default` among them, which `root` swallows too. */
export const withDefault = (names: readonly string[]) => policyNames([...names, 'default'])

/** Made by the server for its own tokens; nobody gives them to anybody. */
export const unassignable = ['response-wrapping', 'control-group'] as const
