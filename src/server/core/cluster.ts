// What tells this server from every other: made once, kept behind the barrier, and so known only while that is open.

import { newUuid, type Random } from '../../base/index.ts'
import { happened, type Kv } from '../../store/index.ts'

const key = 'sys/cluster'

/** A UUID; the first time, one is made. */
export async function clusterIdIn(kv: Kv, random: Random): Promise<string> {
  const found = await kv.get(key)
  if (found !== undefined) return Buffer.from(found.value).toString()
  await happened(kv.batch([{ kind: 'put', key, value: Buffer.from(newUuid(random)), expected: 'absent' }]))
  return clusterIdIn(kv, random)
}
