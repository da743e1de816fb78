// Exit statuses of every door (decision 23). The help prints this table; errors.ts holds the status of each code.

/** What an exit status means, for people. */
export type Exit = { readonly status: string; readonly meaning: string }

/** The tables of exit statuses, by kind of command. */
export const exits: Readonly<
  Record<'gateway' | 'exec' | 'apply' | 'test' | 'fmt' | 'lint' | 'vault' | 'vaultStatus', readonly Exit[]>
> = {
  gateway: [
    { status: '0', meaning: 'done' },
    { status: '1', meaning: 'refused or failed; the code is in brackets on stderr' },
  ],
  exec: [
    { status: 'n', meaning: "the command's own exit status" },
    { status: '128+n', meaning: 'the command died of signal n' },
    { status: '127', meaning: 'the command was not found' },
    { status: '126', meaning: 'the command cannot be executed' },
    { status: '1', meaning: 'refused or failed before it ran; the code is in brackets on stderr' },
  ],
  apply: [
    { status: '0', meaning: 'every policy passes' },
    { status: '1', meaning: 'a policy fails; of several policies the worst counts, whatever their levels' },
    { status: '2', meaning: 'the result of a policy is undefined' },
    { status: '3', meaning: 'a policy goes wrong while it is evaluated' },
    { status: '9', meaning: 'anything else: a policy or configuration that cannot be read, a wrong flag' },
  ],
  test: [
    { status: '0', meaning: 'every case passes' },
    { status: '1', meaning: 'a case does not go as expected, or its policy goes wrong' },
    {
      status: '9',
      meaning: 'a file of a case cannot be read or parsed, a path is not there, a flag is wrong',
    },
  ],
  fmt: [
    { status: '0', meaning: 'done; with --check: nothing would change' },
    { status: '1', meaning: 'with --check: some files are not in canonical style' },
    {
      status: '9',
      meaning: 'a file cannot be read, does not parse or cannot be written; the others are done',
    },
  ],
  lint: [
    { status: '0', meaning: 'nothing was found' },
    { status: '1', meaning: 'something was found' },
    { status: '9', meaning: 'a file cannot be read or is no policy; the others are looked at' },
  ],
  vault: [
    { status: '0', meaning: 'done' },
    { status: '1', meaning: 'the command line, or something on this machine, is wrong' },
    { status: '2', meaning: 'the server refused or does not answer, or there is nothing' },
    { status: '127', meaning: '`sentinel vault` has no such command' },
  ],
  vaultStatus: [
    { status: '0', meaning: 'the server is unsealed' },
    { status: '1', meaning: 'that cannot be found out: the command line is wrong, or nobody answers' },
    { status: '2', meaning: 'the server is sealed' },
  ],
}
