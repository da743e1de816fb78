// What stands before the calls of a run: it names them, and lets one of them go wrong. Before AWS that is the proxy; before
// this machine's own store it is the LMDB of a process, in which every operation is counted (lmdb.cjs).
//
// A store in files has the same six faults by its own names: `throttle` is no room (no slot for a reader, no page for a
// writer), a `timeout` is an I/O error, before or after the operation was carried out.

import { existsSync, readFileSync } from 'node:fs'
import { writeWhole } from './files.ts'
import type { Call, Fault, FaultProxy } from './proxy.ts'

/** What is to go wrong in a run. */
export type Plan = { readonly call: Call; readonly fault: Fault }

export type Gate = {
  calls(): readonly Call[]
  hasStruck(): boolean
  /** Calls belong to this step from now on, or do not count. */
  enter(step: number | undefined): void
  /** Whether something is still to go wrong in this step. */
  isDueIn(step: number): boolean
  /** Whether the command of this step is to be killed, and so needs a process of its own. */
  isKilledIn(step: number): boolean
  /** What to add to the environment of whoever makes calls. */
  environment(): NodeJS.ProcessEnv
}

/** What is about to happen, by a plan. */
function prospects(plan: Plan | undefined, hasStruck: () => boolean): Pick<Gate, 'isDueIn' | 'isKilledIn'> {
  const isDueIn = (step: number) => plan?.call.step === step && !hasStruck()
  return { isDueIn, isKilledIn: (step) => isDueIn(step) && plan?.fault.startsWith('kill') === true }
}

/** Before AWS. @param kill ends whoever makes the calls now */
export function beforeAws(proxy: FaultProxy, plan: Plan | undefined, kill: () => void): Gate {
  if (plan !== undefined) proxy.strike(plan.call, plan.fault, kill)
  return {
    calls: () => [...proxy.calls],
    hasStruck: proxy.hasStruck,
    enter: proxy.enter,
    ...prospects(plan, proxy.hasStruck),
    environment: () => ({}),
  }
}

/** Where processes that use the local store are told of the step, and note what they do. */
export type StoreFiles = { readonly notes: string; readonly step: string }

/** Before the local store. */
export function beforeStore(files: StoreFiles, plan: Plan | undefined): Gate {
  const lines = () =>
    existsSync(files.notes) ? readFileSync(files.notes, 'utf8').split('\n').slice(0, -1) : []
  const hasStruck = () => lines().some((line) => line.endsWith(' struck'))
  const enter = (step: number | undefined) => writeWhole(files.step, step === undefined ? '' : String(step))
  enter(undefined)
  const environment = (): NodeJS.ProcessEnv => {
    const own = { FAULTS_CALLS: files.notes, FAULTS_STEP: files.step }
    if (plan === undefined) return own
    const { call, fault } = plan
    return { ...own, FAULTS_STRIKE: `${call.step} ${call.action} ${call.nth}:${fault}` }
  }
  return {
    calls: () =>
      lines().map((line) => {
        const [step = '', action = '', nth = ''] = line.split(' ')
        return { step: Number(step), action, nth: Number(nth) }
      }),
    hasStruck,
    enter,
    ...prospects(plan, hasStruck),
    // Struck once: whoever counts from the beginning again must not meet it a second time.
    environment: () => (hasStruck() ? {} : environment()),
  }
}
