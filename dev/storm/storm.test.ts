import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { freshFolder } from '../../src/machine/machine.fake.ts'
import { openWorld } from '../bench/world.ts'
import { buildProgram, calm, storm, survey } from './storm.ts'

test('three writers are killed ten times, and nothing is lost or damaged', async () => {
  const world = await openWorld()
  onTestFinished(() => world.close())
  const wanted = { writers: 3, kills: 10, isOver: () => false, linesPerLife: 60, rotateEvery: 0, seed: 7 }
  const left = await storm(wanted, world)
  expect(left).toMatchObject({ lost: 0, staleLocks: 0, complaints: [], verdict: { problems: [] } })
  expect(left.kills).toBeGreaterThanOrEqual(10)
  expect(left.verdict.lines).toBeGreaterThan(left.acknowledged)
})

test('three writers, one of which rotates the log, are killed ten times: no file lost or damaged a line', async () => {
  const world = await openWorld()
  onTestFinished(() => world.close())
  const wanted = { writers: 3, kills: 10, isOver: () => false, linesPerLife: 60, rotateEvery: 5, seed: 8 }
  const left = await storm(wanted, world)
  expect(left).toMatchObject({ lost: 0, staleLocks: 0, complaints: [], verdict: { problems: [] } })
  expect(left.verdict.files.length).toBeGreaterThan(5)
})

test('a rotation is killed before each of its calls: nothing is lost, and the next writer goes on', async () => {
  const folder = freshFolder()
  const program = await buildProgram('writer', folder)
  const hook = join(import.meta.dirname, 'kill-at.cjs')
  const rotateKilledAt = (at: number) => {
    const stateFolder = join(folder, `state-${at}`)
    const file = join(stateFolder, 'decisions.jsonl')
    const ran = spawnSync(process.execPath, ['--require', hook, program, file, stateFolder, '2', '0', '2'], {
      env: { ...process.env, STORM_KILL_AT: String(at) },
      encoding: 'utf8',
    })
    return { ...ran, stateFolder, file, ids: ran.stdout.split('\n').slice(0, -1) }
  }
  const calls = Number(rotateKilledAt(0).stderr)
  expect(calls).toBeGreaterThan(30)
  // A third of them, to be quick; CI takes all.
  const step = process.env.CI === 'true' ? 1 : 3
  for (let at = 1; at <= calls; at += step) {
    const { signal, stateFolder, file, ids } = rotateKilledAt(at)
    expect(signal, `call ${at}`).toBe('SIGKILL')
    const left = await survey(file, stateFolder, ids)
    expect(left, `call ${at}`).toMatchObject({ lost: 0, staleLocks: 0, verdict: { problems: [] } })
  }
})

test('a storm in which too little happened has shown nothing', () => {
  const run = join(import.meta.dirname, 'run.ts')
  const ran = spawnSync(process.execPath, ['--import', 'tsx', run, '--seconds', '0'], { encoding: 'utf8' })
  expect(ran.stdout).toMatch(/^too calm to show anything: 0 kills, but at least 8 are needed$/m)
  expect(ran.status).toBe(1)
  expect(calm({ kills: 8, acknowledged: 80, served: 1 }, 8)).toEqual([])
  expect(calm({ kills: 8, acknowledged: 80, served: 0 }, 8)).toHaveLength(1)
  expect(calm({ kills: 8, acknowledged: 79, served: 1 }, 8)).toHaveLength(1)
})

test('a line is on the disk before its head is written, and before anybody hears of it', async () => {
  const folder = freshFolder()
  const program = await buildProgram('writer', folder)
  const [stateFolder, order] = [join(folder, 'state'), join(folder, 'order.json')]
  const file = join(stateFolder, 'decisions.jsonl')
  const hook = join(import.meta.dirname, 'order.cjs')
  const ran = spawnSync(process.execPath, ['--require', hook, program, file, stateFolder, '3'], {
    env: { ...process.env, STORM_ORDER: order },
    encoding: 'utf8',
  })
  expect(ran.stderr).toBe('')
  const seen = JSON.parse(readFileSync(order, 'utf8')) as [call: string, path?: string][]
  const steps = seen.flatMap(([call, path = '']) => {
    if (path === file) return [`${call} log`]
    if (path.endsWith('.head')) return [`${call} head`]
    return path === 'stdout' ? ['told'] : []
  })
  const line = ['write log', 'sync log', 'write head', 'told']
  expect(steps.slice(-3 * line.length)).toEqual([...line, ...line, ...line])
})

test.skipIf(process.platform === 'win32')(
  'a disk that takes only part of a line: an error, nothing lost, and the next writer goes on',
  async () => {
    const folder = freshFolder()
    const program = await buildProgram('writer', folder)
    const stateFolder = join(folder, 'state')
    const file = join(stateFolder, 'decisions.jsonl')
    const limited = spawn('/bin/sh', [
      '-c',
      'ulimit -f 20; exec "$@"',
      'sh',
      process.execPath,
      program,
      file,
      stateFolder,
      '1000',
    ])
    const [ids, said] = await Promise.all([text(limited.stdout), text(limited.stderr)])
    expect(said).toMatch(/^LOG_UNWRITABLE: cannot write the decision log .* \(EFBIG\)\n$/)
    const acknowledged = ids.split('\n').slice(0, -1)
    expect(acknowledged.length).toBeGreaterThan(10)
    expect(await survey(file, stateFolder, acknowledged)).toMatchObject({
      lost: 0,
      verdict: { problems: [], notes: [] },
    })
  },
)

test('six callers of a cold cache, the maker killed: one other makes it, and all the rest get that', async () => {
  const folder = freshFolder()
  const program = await buildProgram('caller', folder)
  const call = (milliseconds: string) => spawn(process.execPath, [program, folder, milliseconds])
  const first = call('60000')
  await new Promise((resolve) => first.stdout.once('data', resolve))
  const others = Array.from({ length: 5 }, () => call('50'))
  const answers = Promise.all(others.map((caller) => text(caller.stdout)))
  first.kill('SIGKILL')
  const said = (await answers).flatMap((answer) => answer.trimEnd().split('\n'))
  expect(said.filter((line) => line === 'making')).toHaveLength(1)
  const made = said.filter((line) => line.startsWith('made by '))
  expect(made).toHaveLength(5)
  expect(new Set(made).size).toBe(1)
})
