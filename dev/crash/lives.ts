// The lives of one server: it is started, unsealed, killed, and started anew over what it left.

import type { ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { clientOf } from './kv-client.ts'
import type { ServerJob } from './kv-server.ts'
import { type Scene, sceneIn, victim } from './victim.ts'

/** Where it lies. */
export type Place = Scene & { readonly job: ServerJob }
/** What opens it. */
export type Keys = { readonly shares: readonly string[]; readonly token: string }

/** @param folder empty */
export async function placeIn(folder: string): Promise<Place> {
  const audit = join(folder, 'audit')
  mkdirSync(audit)
  const scene = await sceneIn(folder, 'kv-server.ts')
  return { ...scene, job: { storage: scene.storage, audit } }
}

/** A server that runs. */
export type Server = { readonly url: string; readonly child: ChildProcess; kill(): Promise<void> }

/** Begins a life: sealed. */
export async function started(place: Place): Promise<Server> {
  const { child, lines, ended, complaint } = victim(place, place.job)
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  for await (const url of lines) return { url, child, kill }
  throw new Error(`the server does not start: ${complaint()}`)
}

/** What is asked of a new server. */
type Setting = readonly (readonly [path: string, body: object])[]

/** Unseals; the first time, initialises it and sets it up. */
export async function opened(url: string, before: Keys | undefined, setting: Setting): Promise<Keys> {
  const keys = before ?? (await initialised(url))
  const ask = clientOf(url, keys.token)
  for (const key of keys.shares.slice(1)) await ask('PUT', 'sys/unseal', { key })
  if (before !== undefined) return keys
  for (const [path, body] of setting) {
    const { status, body: said } = await ask('PUT', path, body)
    if (status !== 204) throw new Error(`${path} was answered with ${status}: ${JSON.stringify(said)}`)
  }
  return keys
}

async function initialised(url: string): Promise<Keys> {
  const { body } = await clientOf(url, '')('PUT', 'sys/init', { secret_shares: 3, secret_threshold: 2 })
  return { shares: body.keys, token: body.root_token }
}
