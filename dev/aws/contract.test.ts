import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Moto, pythonWith, runPython, startMoto } from '../backends/python.ts'
import { closingLine } from '../closing-line.ts'
import { contract, onForeignAws, onLocalAws } from './contract.ts'
import type { Miss } from './contract-driver.ts'
import { newRecorder } from './contract-recorder.ts'

const recorder = newRecorder()
const motoPython = pythonWith('moto', 'flask')
const botocorePython = pythonWith('botocore')
const count = (kind: Miss['kind'] | undefined) => contract.filter(({ moto }) => moto?.kind === kind).length
const [passing, laxer, breaking, lacking, outOfReach] = [
  count(undefined),
  count('laxer'),
  count('breaks'),
  count('lacks'),
  count('out of reach'),
]

/** What the driver cannot do to moto, and how many cases need it. */
const unreached = [
  ...new Set(contract.flatMap(({ moto }) => (moto?.kind === 'out of reach' ? [moto.what] : []))),
]
  .map((what) => `${contract.filter(({ moto }) => moto?.what === what).length} ${what}`)
  .join(', ')

function nameAndMessage(thrown: unknown): string {
  const { name, message } = thrown as Error
  return `${name}: ${message}`
}

describe('the contract', () => {
  it('names every case once', () => {
    expect(new Set(contract.map(({ name }) => name)).size).toBe(contract.length)
  })
})

describe(`the local AWS keeps the contract (${contract.length} cases)`, () => {
  for (const test of contract) it(test.name, () => onLocalAws(test, recorder))
})

if (motoPython === undefined) {
  it.skip('moto_server is not installed: the contract ran on the local AWS alone (dev/backends/install.sh)', () => {})
} else {
  describe(`moto_server (${passing} cases kept, ${laxer} laxer, ${breaking} breaking, ${lacking} lacking, ${outOfReach} out of reach)`, () => {
    let moto: Moto
    beforeAll(async () => {
      moto = await startMoto(motoPython)
    })
    afterAll(() => moto.close())
    for (const test of contract) {
      const said = test.moto === undefined ? '' : ` — ${test.moto.kind}: ${test.moto.what}`
      it(`${test.name}${said}`, async () => {
        await moto.reset()
        const run = onForeignAws(moto.url, test)
        if (test.moto === undefined) return run
        // What is said of moto must be true: a case that passes after all, or fails for another reason, is red.
        expect(await run.then(() => 'passed', nameAndMessage)).toMatch(test.moto.fails)
      })
    }
  })
}

if (botocorePython === undefined) {
  it.skip('botocore is not installed: nobody else read the exchanges (dev/backends/install.sh)', () => {})
} else {
  it('botocore reads every exchange of the contract by its own models', () => {
    const script = join(import.meta.dirname, '../backends/botocore_check.py')
    const checked = runPython(botocorePython, script, JSON.stringify(recorder.recorded()))
    expect(checked.stderr + checked.stdout).toMatch(/^botocore: \d+ exchanges of \d+ operations, 0 problems/m)
    expect(checked.status).toBe(0)
    closingLine(checked.stdout.trim())
  })
}

afterAll(() => {
  const foreign =
    motoPython === undefined
      ? 'moto_server is not installed: 0 cases'
      : `${passing} kept by moto_server, which is laxer in ${laxer}, breaks down in ${breaking} and lacks the call in ${lacking}; ${outOfReach} need what the driver cannot do to it (${unreached})`
  closingLine(`contract: ${contract.length} cases on the local AWS; ${foreign}`)
})
