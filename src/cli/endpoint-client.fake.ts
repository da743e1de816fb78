// A client of the endpoint, as small as one can be: what an SDK does to get credentials, once.

import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import type { Env } from '../machine/index.ts'

/** What the endpoint answered. */
export type Answer = { readonly status: number; readonly body: Readonly<Record<string, string>> }

/** The token as an SDK reads it. */
export const tokenOf = (env: Env) => readFileSync(env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? '', 'utf8')

/** Asks as a client with this environment would. */
export function askEndpoint(env: Env, token = tokenOf(env)): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const url = env.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? ''
    request(url, { headers: { Authorization: token }, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }))
    })
      .once('error', reject)
      .end()
  })
}
