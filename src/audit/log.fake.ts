import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openKeys } from '../machine/index.ts'
import { fakeMachine, freshFolder } from '../machine/machine.fake.ts'
import { verifyChain } from './chain.ts'
import type { DecisionEntry, OutcomeEntry } from './entry.ts'
import { nobodyElse, openLog } from './log.ts'
import { realPath } from './place.ts'

/** A decision with an id made of a number. */
export function decision(number: number, more: Partial<DecisionEntry> = {}): DecisionEntry {
  return {
    event: 'decision',
    request_id: idOf(number),
    user: 'alice',
    profile: 'dev',
    effect: 'allow',
    rule: 'developers',
    rule_index: 0,
    reason: 'work',
    policy_path: '/sentinel/policies/dev',
    ...more,
  }
}

/** An outcome with an id made of a number. */
export function outcome(number: number, more: Partial<OutcomeEntry> = {}): OutcomeEntry {
  return { event: 'outcome', request_id: idOf(number), user: 'alice', outcome: 'issued', ...more }
}

/** A request id made of a number. */
export function idOf(number: number): string {
  return number.toString(16).padStart(16, '0')
}

/** A log in a folder of this test's own, on a machine whose clock stands still. */
export function testLog() {
  const folder = freshFolder()
  const stateFolder = join(folder, 'state')
  const machine = fakeMachine()
  const keys = openKeys(machine, join(stateFolder, 'keys.json'))
  const deps = { ...machine, keys, stateFolder }
  const file = join(stateFolder, 'decisions.jsonl')
  const log = openLog(deps, { file, also: nobodyElse })
  return {
    folder,
    stateFolder,
    deps,
    file,
    log,
    clock: machine.clock,
    append: (count: number, from = 1) => {
      for (let number = from; number < from + count; number++) log.append([decision(number)])
    },
    lines: (path = file) => readFileSync(path, 'utf8').split('\n').slice(0, -1),
    entries: (path = file) =>
      readFileSync(path, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    verify: (path = file) => verifyChain(deps, realPath(deps, path)),
  }
}
