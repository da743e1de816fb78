export { acquire } from './acquire.ts'
export type { Executable, Probe } from './executable.ts'
export { findExecutable, probeFile } from './executable.ts'
export {
  errorCode,
  fileError,
  makeFolder,
  mostFileBytes,
  readText,
  readTextIfPresent,
  readWholeText,
  renameWith,
  rewriteText,
  syncFolder,
  writeAll,
  writeAtomic,
} from './files.ts'
export { filesBelow, filesIn, isFolder } from './folders.ts'
export { openGarbage } from './garbage.ts'
export type { Keys } from './keys.ts'
export { openKeys, readKeys } from './keys.ts'
export type { KeysPlace } from './keys-elsewhere.ts'
export { moveKeys, placeOfKeys } from './keys-elsewhere.ts'
export { singleFlight } from './lazily.ts'
export type { Attempt, Release } from './lock.ts'
export { isForsaken, tryLock, withLock } from './lock.ts'
export type { Machine, Wait } from './machine.ts'
export { systemWait } from './machine.ts'
export type { Paths } from './paths.ts'
export { paths } from './paths.ts'
export { plainFile } from './plain-file.ts'
export type { Env, Platform, PlatformName } from './platform.ts'
export { defaultShell, homeFolder, platforms, signalStatus, variable } from './platform.ts'
export type { Aging } from './prune.ts'
export { prune } from './prune.ts'
export type { NamedTexts } from './sealed.ts'
export { closeText, encryptedFiles, openText, sealedFiles } from './sealed.ts'
export type { Flight } from './single-flight.ts'
