import { type AuthorityDeps, stillThere } from '../aws/index.ts'
import type { Planned } from './recipe.ts'

/** A kept plan with its authorities as this process found them; undefined where one is not what it was. */
export function withSameAuthorities<Plan extends Planned>(deps: AuthorityDeps, plan: Plan): Plan | undefined {
  const { recipe } = plan
  const authorities = stillThere(recipe.settings.authorities, deps)
  return authorities && { ...plan, recipe: { ...recipe, settings: { ...recipe.settings, authorities } } }
}
