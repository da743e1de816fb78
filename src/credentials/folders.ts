import type { CredentialsDeps } from './deps.ts'

/** A folder of the cache. */
export function folderOf({ machine, paths }: CredentialsDeps, name: string): string {
  return machine.platform.path.join(paths.cacheFolder, name)
}
