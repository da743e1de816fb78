import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fakeClock } from '../base/clock.fake.ts'
import { systemRandom } from '../base/index.ts'
import { freshFolder } from '../machine/machine.fake.ts'
import { openDeps } from './deps.ts'
import { openGateway } from './gateway-deps.ts'
import { fakeIo } from './io.fake.ts'

const clock = fakeClock('2026-02-03T10:00:00Z')
const entry = { event: 'administration', request_id: '0', user: '', action: 'a', resource: 'r' } as const

it('a line that is to go to a standard error that nobody gets is not written: nothing is released then', () => {
  const home = freshFolder()
  const io = { ...fakeIo({ env: { HOME: home } }), home }
  const append = (isNull: boolean) => {
    const at = { ...io, stderr: { ...io.stderr, isNull } }
    const choice = { logFile: undefined, logStderr: true }
    openGateway(openDeps(at, { clock, random: systemRandom }))
      .openLog(choice)
      .append([{ ...entry, outcome: 'done' }])
  }
  expect(() => append(true)).toThrow(expect.objectContaining({ code: 'LOG_UNWRITABLE' }))
  append(false)
  expect(io.written.stderr).toContain('"action":"a"')
})

it.skipIf(process.platform === 'win32')(
  'nobody gets what goes to a closed standard error, which Node opens itself',
  () => {
    const program = `import { realIo } from ${JSON.stringify(join(import.meta.dirname, 'real-io.ts'))}
    process.stdout.write(String(realIo().stderr.isNull))`
    const isNull = (redirection: string) =>
      spawnSync('sh', ['-c', `"$NODE" --import tsx --input-type=module -e "$PROGRAM" ${redirection}`], {
        env: { PATH: process.env.PATH, NODE: process.execPath, PROGRAM: program },
        cwd: join(import.meta.dirname, '../..'),
        encoding: 'utf8',
        timeout: 20_000,
      }).stdout
    expect(['2>&-', '2>/dev/null', '2>&1'].map(isNull)).toEqual(['true', 'true', 'false'])
  },
)
