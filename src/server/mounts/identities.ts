import type { Login } from '../door.ts'
import type { Mount } from './path.ts'

/** Who stands behind tokens, as far as tokens are concerned. */
export type Identities = {
  /** What an entity gives to its tokens now, sorted; nothing where there is no such entity. */
  policiesOf(entityId: string): Promise<readonly string[]>
  /** Finds the entity that a mount knows by this name, or makes it. */
  entityFor(mount: Mount, alias: NonNullable<Login['alias']>): Promise<Entity>
}

/** Somebody behind tokens. */
export type Entity = { readonly id: string; readonly isDisabled: boolean }
