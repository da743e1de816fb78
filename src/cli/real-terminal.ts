import { openSync } from 'node:fs'
import { ReadStream, WriteStream } from 'node:tty'
import type { Platform } from '../machine/index.ts'
import type { Terminal } from './io.ts'

/** The terminal of this process, or undefined where there is none. */
export function openTerminal({ terminal }: Pick<Platform, 'terminal'>): Terminal | undefined {
  try {
    const input = new ReadStream(openSync(terminal.input, 'r+'))
    const out = new WriteStream(openSync(terminal.output, 'r+'))
    return {
      input,
      output: out,
      close: () => {
        input.destroy()
        out.destroy()
      },
    }
  } catch {
    // No controlling terminal: ENXIO, ENOENT, EACCES, or Node's own refusal.
    return undefined
  }
}
