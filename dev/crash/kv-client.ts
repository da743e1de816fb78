// A client of the server that is killed: it does deeds, and looks at secrets from outside.

import { Agent, request } from 'node:http'
import type { Deed, Secret, Version } from './kv-secrets.ts'

// biome-ignore lint/suspicious/noExplicitAny: what a server answers, which the checks look into
export type Said = { readonly status: number; readonly body: any }

/** Asks one server, until that is gone. */
export type Client = (method: string, path: string, body?: unknown) => Promise<Said>

/** A client with few connections that are kept. Rejects where no whole answer comes. */
export function clientOf(url: string, token: string): Client {
  const agent = new Agent({ keepAlive: true })
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const asked = request(
        `${url}/v1/${path}`,
        { method, agent, headers: { 'X-Vault-Token': token } },
        (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (piece: string) => {
            text += piece
          })
          response.once('error', reject)
          response.once('close', () =>
            response.complete
              ? resolve({ status: response.statusCode ?? 0, body: text === '' ? {} : JSON.parse(text) })
              : reject(new Error('half an answer')),
          )
        },
      )
      asked.once('error', reject)
      asked.end(body === undefined ? undefined : JSON.stringify(body))
    })
}

/** Does a deed. @returns the id of the request, where one is told */
export async function doDeed(ask: Client, name: string, deed: Deed): Promise<string | undefined> {
  const { status, body } = await asked(ask, name, deed)
  if (status === 200 || status === 204) return body.request_id
  throw new Error(`${deed.kind} of ${name} was answered with ${status}: ${JSON.stringify(body)}`)
}

function asked(ask: Client, name: string, deed: Deed): Promise<Said> {
  switch (deed.kind) {
    case 'put':
      return ask('PUT', `kv/data/${name}`, { data: { text: deed.text } })
    case 'settings': {
      const settings = { max_versions: deed.maxVersions, custom_metadata: { note: deed.note } }
      return ask('PUT', `kv/metadata/${name}`, settings)
    }
    case 'remove':
      return ask('DELETE', `kv/metadata/${name}`)
    default:
      return ask('PUT', `kv/${deed.kind}/${name}`, { versions: deed.versions })
  }
}

/** A secret as it is seen: its metadata, and what each of its versions says. */
export async function look(ask: Client, name: string): Promise<Secret | undefined> {
  const { status, body } = await ask('GET', `kv/metadata/${name}`)
  if (status === 404) return undefined
  const { current_version: current, max_versions: maxVersions, custom_metadata: notes, versions } = body.data
  const seen = new Map<number, Version>()
  for (const [number, info] of Object.entries<{ destroyed: boolean; deletion_time: string }>(versions)) {
    const read = await ask('GET', `kv/data/${name}?version=${number}`)
    const state = info.destroyed ? 'destroyed' : info.deletion_time === '' ? 'kept' : 'deleted'
    const text = String(read.body.data?.data?.text ?? '')
    // Metadata that promises what is not there, or hides what is, must not look like either.
    const agrees = (state === 'kept') === (read.status === 200)
    seen.set(Number(number), { state, text: agrees ? text : `${state}, but read as ${read.status}` })
  }
  return { current, maxVersions, note: notes?.note ?? '', versions: seen }
}
