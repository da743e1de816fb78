import { SentinelError } from '../base/index.ts'
import { type Machine, tryLock } from '../machine/index.ts'
import { type Kv, localKv } from '../store/index.ts'

/**
 * The storage of a server in a folder of this machine, which belongs to this process until it is closed: what the barrier
 * remembers of it must not be changed by another.
 *
 * @throws SentinelError SERVER_UNAVAILABLE while another process has it; STORE_UNAVAILABLE
 */
export async function ownStorage(machine: Machine, folder: string): Promise<Kv> {
  const lock = machine.platform.path.join(folder, 'owner')
  const attempt = tryLock(machine, lock)
  if (attempt.kind === 'held') {
    throw new SentinelError('SERVER_UNAVAILABLE', `the storage \`${folder}\` is in use by another server`, {
      hint: `stop that one first; if there is none, remove \`${lock}\``,
    })
  }
  try {
    const kv = await localKv(machine, folder)
    const close = async () => {
      await kv.close()
      attempt.release()
    }
    return { ...kv, close }
  } catch (thrown) {
    attempt.release()
    throw thrown
  }
}
