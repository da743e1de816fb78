import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Moto, pythonWith, startMoto } from '../backends/python.ts'
import { closingLine } from '../closing-line.ts'
import { contract, onForeignAws, onLocalAws } from './contract.ts'
import type { Case, Miss } from './contract-driver.ts'
import { newRecorder } from './contract-recorder.ts'
import { readByBotocore } from './read-by-botocore.ts'

const recorder = newRecorder()
const motoPython = pythonWith('moto', 'flask')
const botocorePython = pythonWith('botocore')
const count = (kind: Miss['kind'] | undefined, among: readonly Case[] = contract) =>
  among.filter(({ moto }) => moto?.kind === kind).length
const [passing, laxer, breaking, lacking, outOfReach] = [
  count(undefined),
  count('laxer'),
  count('breaks'),
  count('lacks'),
  count('out of reach'),
]

/** The cases that ran, and ended as they should. */
const kept: { readonly local: Case[]; readonly moto: Case[] } = { local: [], moto: [] }

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
  for (const test of contract) {
    it(test.name, async () => {
      await onLocalAws(test, recorder)
      kept.local.push(test)
    })
  }
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
        // What is said of moto must be true: a case that passes after all, or fails for another reason, is red.
        if (test.moto === undefined) await run
        else expect(await run.then(() => 'passed', nameAndMessage)).toMatch(test.moto.fails)
        kept.moto.push(test)
      })
    }
  })
}

if (botocorePython === undefined) {
  it.skip('botocore is not installed: nobody else read the exchanges (dev/backends/install.sh)', () => {})
} else {
  it('botocore reads every exchange of the contract by its own models', () => {
    const { verdict, problems, status } = readByBotocore(botocorePython, recorder.recorded())
    expect(problems).toBe('')
    expect(verdict).toMatch(/^botocore: \d+ exchanges of \d+ operations, 0 problems$/)
    expect(status).toBe(0)
    closingLine(verdict)
  })
}

// What is counted is what ran: a part of the suite says how small a part it was.
afterAll(() => {
  const of = (kind?: Miss['kind']) => count(kind, kept.moto)
  const foreign =
    motoPython === undefined
      ? 'moto_server is not installed: 0 cases'
      : `${of()} kept by moto_server, which is laxer in ${of('laxer')}, breaks down in ${of('breaks')} and lacks the call in ${of('lacks')}; ${of('out of reach')} need what the driver cannot do to it${unreached()}`
  closingLine(
    `contract: ${kept.local.length} of ${contract.length} cases ran on the local AWS and hold; ${foreign}`,
  )
})

/** What the driver cannot do to moto, and how many of the cases that ran need it. */
function unreached(): string {
  const needs = kept.moto.flatMap(({ moto }) => (moto?.kind === 'out of reach' ? [moto.what] : []))
  const counted = [...new Set(needs)].map((what) => `${needs.filter((one) => one === what).length} ${what}`)
  return counted.length === 0 ? '' : ` (${counted.join(', ')})`
}
