import { renameSync, writeFileSync } from 'node:fs'

/** Writes a file that others read meanwhile: they see the old text or the new one. */
export function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}
