// What stands before the calls of a run: it names them, and lets one of them go wrong. Before AWS that is the proxy; before
// this machine's own store it is the LMDB of a process, in which every operation is counted (lmdb.mjs).

import { existsSync, readFileSync } from 'node:fs'
import type { Call, Fault, FaultProxy } from './proxy.ts'

/** What is to go wrong in a run. */
export type Plan = { readonly call: Call; readonly fault: Fault }

export type Gate = {
  calls(): readonly Call[]
  hasStruck(): boolean
  /** Calls belong to this step from now on, or do not count. */
  enter(step: number | undefined): void
  /** The environment for a process of its own, where a command of this step needs one. */
  environment(step: number): NodeJS.ProcessEnv | undefined
}

/** Before AWS. @param kill ends whoever makes the calls now */
export function beforeAws(proxy: FaultProxy, plan: Plan | undefined, kill: () => void): Gate {
  if (plan !== undefined) proxy.strike(plan.call, plan.fault, kill)
  const isKill = plan?.fault.startsWith('kill') === true
  return {
    calls: () => [...proxy.calls],
    hasStruck: proxy.hasStruck,
    enter: proxy.enter,
    environment: (step) => (isKill && plan?.call.step === step && !proxy.hasStruck() ? {} : undefined),
  }
}

/** The faults of a store that lies in files: it answers at once or not at all. */
export const storeFaults: readonly Fault[] = ['error', 'kill before', 'kill after']

/** Before the local store. @param file where processes note what they do to it */
export function beforeStore(file: string, plan: Plan | undefined): Gate {
  const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [])
  const hasStruck = () => lines().some((line) => line.endsWith(' struck'))
  return {
    calls: () =>
      lines().map((line) => {
        const [step = '', action = '', nth = ''] = line.split(' ')
        return { step: Number(step), action, nth: Number(nth) }
      }),
    hasStruck,
    enter: () => {},
    environment(step) {
      const own = { FAULTS_CALLS: file, FAULTS_STEP: String(step) }
      if (plan === undefined) return own
      const { call, fault } = plan
      if (call.step !== step || hasStruck()) return undefined
      return { ...own, FAULTS_STRIKE: [call.action, call.nth, fault].join() }
    },
  }
}
