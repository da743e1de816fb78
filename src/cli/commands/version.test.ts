import { expect, it } from 'vitest'
import { fakeClock } from '../../base/clock.fake.ts'
import { openDeps } from '../deps.ts'
import { fakeIo } from '../io.fake.ts'
import { main } from '../main.ts'
import { program } from '../program.ts'

for (const words of ['version', '-version', '--version', 'version --json', '--version --no-json']) {
  it(`answers \`sentinel ${words}\``, async () => {
    const io = fakeIo()
    const deps = openDeps(io, { clock: fakeClock(0), random: { bytes: (length) => new Uint8Array(length) } })
    expect(await main(words.split(' '), deps, program)).toBe(0)
    expect(io.written.stdout).toBe(
      words.endsWith(' --json') ? '{"version":"dev","platform":"linux"}\n' : 'sentinel dev\n',
    )
  })
}
