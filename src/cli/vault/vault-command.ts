// A command of `sentinel vault …` (decision 22): its own flags, those that all of them have, and a session with the server
// that they name. Vault's environment variables and exit statuses hold: 2 where the server refuses or does not answer, 1 for
// what is ours.

import {
  type Command,
  command,
  type Definition,
  type Flags,
  type Positionals,
  type Values,
} from '../command.ts'
import { type VaultValues, vaultFlags } from './flags.ts'
import { Instead, openSession, type Session } from './session.ts'

/** How one is written down: as any other, without `vault` in front of its name. */
export type VaultDefinition<F extends Flags, P extends Positionals> = Omit<
  Definition<F, P>,
  'run' | 'group' | 'passthrough'
> & {
  /** Gives the exit status, where that is not 0. */
  act(session: Session, values: Values<F, P>): Promise<number | undefined>
}

/** Writes one down. */
export function vaultCommand<const F extends Flags, const P extends Positionals = Record<never, never>>(
  definition: VaultDefinition<F, P>,
): Command {
  const { act, name, flags, ...more } = definition
  return command({
    ...more,
    name: `vault ${name}`,
    group: 'server',
    exits: definition.exits ?? 'vault',
    flags: { ...flags, ...vaultFlags } as Flags,
    async run(deps, values) {
      // The flags of both are among the values, since both are among the flags.
      const session = openSession(deps, values as unknown as VaultValues)
      try {
        return (await act(session, values as unknown as Values<F, P>)) ?? 0
      } catch (thrown) {
        if (!(thrown instanceof Instead)) throw thrown
        thrown.show((values as { readonly field?: string }).field)
        return 0
      }
    },
  })
}
