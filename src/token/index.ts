export type { TokenEntry } from './entry.ts'
