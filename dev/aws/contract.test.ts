import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Moto, pythonWith, runPython, startMoto } from '../backends/python.ts'
import { closingLine } from '../closing-line.ts'
import { contract, onForeignAws, onLocalAws } from './contract.ts'
import { newRecorder } from './contract-recorder.ts'

const recorder = newRecorder()
const motoPython = pythonWith('moto', 'flask')
const botocorePython = pythonWith('botocore')
const laxer = contract.filter(({ moto }) => moto?.startsWith('laxer'))
const lacking = contract.filter(({ moto }) => moto?.startsWith('lacks'))
const passing = contract.length - laxer.length - lacking.length

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
  describe(`moto_server (${passing} cases kept, ${laxer.length} laxer, ${lacking.length} lacking)`, () => {
    let moto: Moto
    beforeAll(async () => {
      moto = await startMoto(motoPython)
    })
    afterAll(() => moto.close())
    for (const test of contract) {
      const said = test.moto === undefined ? '' : ` — ${test.moto}`
      it(`${test.name}${said}`, async () => {
        await moto.reset()
        const run = onForeignAws(moto.url, test)
        // What is said of moto must be true: a case that passes after all is taken off the list.
        await (test.moto === undefined ? run : expect(run).rejects.toThrow())
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
      : `${passing} on moto_server, which is laxer in ${laxer.length} and lacks the call in ${lacking.length}`
  closingLine(`contract: ${contract.length} cases on the local AWS; ${foreign}`)
})
