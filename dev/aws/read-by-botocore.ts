import { join } from 'node:path'
import { runPython } from '../backends/python.ts'
import type { Recorded } from './contract-recorder.ts'

const script = join(import.meta.dirname, '../backends/botocore_check.py')

/** What botocore says of exchanges by its own models: one line that counts, and a line for each problem. */
export function readByBotocore(
  python: string,
  exchanges: readonly Recorded[],
): { readonly verdict: string; readonly problems: string; readonly status: number | null } {
  const { stdout, stderr, status } = runPython(python, script, JSON.stringify(exchanges))
  return { verdict: stdout.trim(), problems: stderr.trim(), status }
}
