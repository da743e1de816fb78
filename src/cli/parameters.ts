// Systems Manager's parameters, as a profile reaches them. Loaded when a policy does not lie in the cache.

import { type AwsCredentials, type CallDeps, connectionTo, getParameter, putParameter } from '../aws/index.ts'
import type { Recipe } from '../credentials/index.ts'
import type { Parameter } from '../gateway/index.ts'

/** What a policy parameter is put as. */
export type NewPolicy = { readonly name: string; readonly value: string; readonly description: string }

/** Reads and writes parameters. */
export type Parameters = {
  get(name: string): Promise<Parameter>
  put(policy: NewPolicy): Promise<void>
}

/** The parameters of the recipe's region. */
export function openParameters(call: CallDeps, recipe: Recipe, credentials: AwsCredentials): Parameters {
  const connection = connectionTo('ssm', recipe.settings)
  return {
    get: (name) => getParameter(call, connection, credentials, name),
    async put({ name, value, description }) {
      await putParameter(call, connection, credentials, { name, value, description, type: 'String' })
    },
  }
}
