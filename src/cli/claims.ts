// One table of first words and their claimants (decision 22). Sentinel is a gateway, the tools of a language, and a
// server, and each field has verbs of its own: the bare word has one owner, and whoever comes with the habits of
// another tool is shown the right door. A new command is added to this table first.

type Owner = 'gateway' | 'language' | 'server'

/** A command that somebody means by a word. */
type Claim = {
  readonly from: 'language' | 'vault' | 'aws-vault' | 'other tools'
  /** The command that is meant, without `sentinel`; a hint is given where it exists. */
  readonly means: string
  /** What must stand behind the word for this to be meant; anything at all where it is left out. */
  readonly before?: RegExp
}

type Word = { readonly owner: Owner | 'nobody'; readonly claims: readonly Claim[] }

const policyFile = /\.sentinel$/
const vault = (means: string): Claim => ({ from: 'vault', means: `vault ${means}` })
const awsVault = (means: string): Claim => ({ from: 'aws-vault', means: `aws-vault ${means}` })
const language = (means: string, before?: RegExp): Claim => ({
  from: 'language',
  means,
  ...(before === undefined ? {} : { before }),
})
const habit = (means: string): Claim => ({ from: 'other tools', means })
const all = (owner: Word['owner'], words: string, ...claims: readonly Claim[]) =>
  words.split(' ').map((word) => [word, { owner, claims }] as const)
const each = (words: string, claim: (word: string) => Claim) =>
  words.split(' ').flatMap((word) => all('nobody', word, claim(word)))

/** Every word that a command begins with, or that people may try. */
export const words: readonly (readonly [word: string, Word])[] = [
  ...all(
    'gateway',
    'approve breakglass breakglass-check breakglass-close breakglass-list cancel config credentials deny enforce exec init log',
  ),
  ...all('gateway', 'permissions request server-revoke server-session server-sessions whoami why'),
  ...all('gateway', 'audit', vault('audit')),
  ...all('gateway', 'list', vault('list'), awsVault('list')),
  ...all('gateway', 'policy', vault('policy')),
  ...all('gateway', 'check', language('lint', policyFile)),
  ...all('language', 'apply explain fmt lint test version'),
  ...all('server', 'server vault'),
  ...all('nobody', 'validate', language('lint', policyFile), habit('config validate')),
  ...all('nobody', 'verify', language('lint', policyFile), habit('log verify')),
  ...all('nobody', 'vet', habit('lint')),
  ...all('nobody', 'format', habit('fmt')),
  ...all('nobody', 'eval evaluate', language('apply')),
  ...all('nobody', 'run', language('apply', policyFile), habit('exec')),
  ...all('nobody', 'login', vault('login'), awsVault('login')),
  ...each('auth delete kv lease operator patch read secrets status token unwrap write', vault),
  ...each('add remove rotate export clear proxy', awsVault),
]

/** The command that a command line most likely means by its first word, of those that exist. */
export function meantBy(argv: readonly string[], exists: (command: string) => boolean): string | undefined {
  return claimsOn(argv).find(({ means }) => exists(means))?.means
}

/** The command that is meant instead of the word's own, as what stands behind the word tells. */
export function meantInstead(
  argv: readonly string[],
  exists: (command: string) => boolean,
): string | undefined {
  return claimsOn(argv).find(({ means, before }) => before !== undefined && exists(means))?.means
}

function claimsOn([word = '', ...rest]: readonly string[]): readonly Claim[] {
  const claims = words.find(([each]) => each === word)?.[1].claims ?? []
  return claims.filter(({ before }) => before === undefined || rest.some((arg) => before.test(arg)))
}
