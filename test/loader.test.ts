// What the program's first file keeps of the others, beside them, and when it uses that.

import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const temporary = mkdtempSync(join(tmpdir(), 'sentinel-loader-'))
afterAll(() => rmSync(temporary, { recursive: true }))
let copies = 0

/** The built program in a folder of its own, in which nothing is kept yet. */
function ownProgram() {
  const dist = join(temporary, String(copies++))
  cpSync(join(import.meta.dirname, '..', 'dist'), dist, { recursive: true })
  rmSync(join(dist, 'compiled'), { recursive: true, force: true })
  const compiled = join(dist, 'compiled')
  return {
    dist,
    compiled,
    run: () => {
      const run = spawnSync(process.execPath, [join(dist, 'sentinel.cjs'), '--version'], {
        encoding: 'utf8',
        timeout: 20_000,
        env: { PATH: process.env.PATH },
      })
      expect([run.status, run.stderr]).toEqual([0, ''])
      return run.stdout
    },
    kept: () => readdirSync(compiled).map((name) => readFileSync(join(compiled, name))),
    names: () => readdirSync(compiled).sort(),
  }
}

/** Only what V8 accepts has a count above one: otherwise it is made anew. */
const runsOf = (twice: Buffer | undefined) => twice?.[twice.length / 2 - 1]

describe('compiled code', () => {
  it('is kept, used, and added to in the first five runs', () => {
    const { run, kept, names } = ownProgram()
    const counts = Array.from({ length: 7 }, () => {
      run()
      return runsOf(kept()[0])
    })
    expect(counts).toEqual([1, 2, 3, 4, 5, 5, 5])
    expect(names()).toEqual([expect.stringMatching(/^run\.cjs-.*-v\d+\.\d+\.\d+-/)])
  })

  it('is the same twice, and is made anew where the two differ', () => {
    const { run, compiled, kept, names } = ownProgram()
    run()
    run()
    const [sound = Buffer.of()] = kept()
    expect(sound.subarray(0, sound.length / 2).equals(sound.subarray(sound.length / 2))).toBe(true)
    const spoilt = Buffer.from(sound)
    const middle = Math.trunc(sound.length / 4)
    spoilt[middle] = (spoilt[middle] ?? 0) ^ 0x55
    for (const bad of [spoilt, sound.subarray(1), sound.subarray(0, 1000), Buffer.of(), Buffer.alloc(2)]) {
      writeFileSync(join(compiled, names()[0] ?? ''), bad)
      expect(run()).toMatch(/^sentinel \d/)
      expect(runsOf(kept()[0])).toBe(1)
    }
  })

  it('of another V8 is not used', () => {
    const { run, compiled, kept, names } = ownProgram()
    run()
    const foreign = Buffer.from('made by somebody else\u0002')
    writeFileSync(join(compiled, names()[0] ?? ''), Buffer.concat([foreign, foreign]))
    run()
    expect(runsOf(kept()[0])).toBe(1)
  })

  it('of a program that was changed is not used, though its length and time of writing be the same', () => {
    const { run, dist } = ownProgram()
    run()
    const path = join(dist, 'run.cjs')
    const text = readFileSync(path, 'utf8')
    const { mtimeMs } = statSync(path)
    writeFileSync(path, text.replaceAll('sentinel ${', 'Sentinel ${'))
    utimesSync(path, mtimeMs / 1000, mtimeMs / 1000)
    expect(run()).toMatch(/^Sentinel \d/)
  })

  it('is left out where its folder cannot be made', () => {
    const { run, compiled } = ownProgram()
    writeFileSync(compiled, 'a file')
    expect([run(), run()]).toEqual([expect.stringMatching(/^sentinel /), expect.stringMatching(/^sentinel /)])
    expect(readFileSync(compiled, 'utf8')).toBe('a file')
  })

  it('leaves nothing half written', () => {
    const { run, names } = ownProgram()
    run()
    run()
    expect(names()).toHaveLength(1)
  })
})
