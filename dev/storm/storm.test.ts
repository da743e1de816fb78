import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { freshFolder } from '../../src/machine/machine.fake.ts'
import { buildWriter, storm, survey } from './storm.ts'

test('three writers are killed ten times, and nothing is lost or damaged', async () => {
  const left = await storm({
    folder: freshFolder(),
    writers: 3,
    kills: 10,
    isOver: () => false,
    linesPerLife: 60,
    seed: 7,
  })
  expect(left).toMatchObject({ lost: 0, staleLocks: 0, complaints: [], verdict: { problems: [] } })
  expect(left.kills).toBeGreaterThanOrEqual(10)
  expect(left.verdict.lines).toBeGreaterThan(left.acknowledged)
})

test.skipIf(process.platform === 'win32')(
  'a disk that takes only part of a line: an error, nothing lost, and the next writer goes on',
  async () => {
    const folder = freshFolder()
    const program = await buildWriter(folder)
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
      verdict: { problems: [] },
    })
  },
)
