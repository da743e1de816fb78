import { SentinelError } from '../base/index.ts'

/** Whether a conditional write happened, or somebody else was faster. */
export async function happened(written: Promise<void>): Promise<boolean> {
  try {
    await written
    return true
  } catch (error) {
    if (error instanceof SentinelError && error.code === 'STORE_CONFLICT') return false
    throw error
  }
}
