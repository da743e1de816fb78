import { plainSettings } from '../../../token/index.ts'
import type { Data, Json } from '../../door.ts'
import { isObject } from '../../http/json.ts'
import { roadKit } from '../../road.fake.ts'

/** A server without its door, and how identities are asked for and changed. */
export async function identityKit() {
  const road = await roadKit()
  const accessor = road.table.router().mounts.get('auth/door/')?.context.mount.accessor ?? ''
  const root = { token: road.root }
  const post = async (at: string, data: Record<string, unknown> = {}): Promise<Data> =>
    member(await road.body('update', `identity/${at}`, { ...root, data }), 'data')
  const get = async (at: string): Promise<Data> =>
    member(await road.body('read', `identity/${at}`, root), 'data')
  const list = async (at: string): Promise<Data> =>
    member(await road.body('list', `identity/${at}/`, root), 'data')
  /** Logs in by a name, as a member of these groups of the mount; the token. */
  const login = async (name: string, groups?: readonly string[]) => {
    road.logins.set(name, {
      alias: { name, metadata: new Map([['team', 'red']]), ...(groups && { groups }) },
      displayName: name,
      metadata: new Map(),
      settings: plainSettings,
    })
    const { auth } = await road.ask('update', `auth/door/login/${name}`, { token: undefined })
    if (auth === undefined) throw new Error('nobody was let in')
    return { token: auth.clientToken, entityId: auth.entityId, auth }
  }
  return { ...road, accessor, post, get, list, login }
}

const member = (body: Data, name: string): Data => (isObject(body[name] as Json) ? (body[name] as Data) : {})
