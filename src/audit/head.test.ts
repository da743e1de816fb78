import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emptyHead, isLogId, makeHead, openHead, placeFile, readHead } from './head.ts'
import { testLog } from './log.fake.ts'
import { logAt, setLogAt } from './standing.ts'

const [id, other] = ['0123456789abcdef', 'fedcba9876543210']
const link = (seq: number) => ({ seq, mac: seq.toString(16).padStart(64, '0') })

/** A head that was made and moved three times. */
function moved() {
  const { deps, stateFolder } = testLog()
  makeHead(deps, id, emptyHead('/var/log/x'))
  for (const seq of [1, 2, 3]) {
    const head = openHead(deps, id)
    head?.advance({ link: link(seq), size: seq * 100, timeMs: seq })
    head?.close()
  }
  const file = join(stateFolder, 'heads', `${id}.head`)
  return { deps, file, bytes: () => readFileSync(file) }
}

test('a head says how far the log goes, and where it stood', () => {
  const { deps } = moved()
  expect(readHead(deps, id)).toEqual({ link: link(3), size: 300, timeMs: 3, path: '/var/log/x' })
})

test('one open head can be moved again and again', () => {
  const { deps } = moved()
  const head = openHead(deps, id)
  for (const seq of [4, 5, 6]) head?.advance({ link: link(seq), size: seq, timeMs: seq })
  head?.close()
  head?.close()
  expect(readHead(deps, id)?.link.seq).toBe(6)
})

test('whoever is killed in one slot leaves the other', () => {
  for (let at = 0; at < 512; at += 7) {
    const { deps, file, bytes } = moved()
    const damaged = bytes()
    const slot = at < 256 ? 0 : 256
    damaged.fill(0, at, slot + 256)
    writeFileSync(file, damaged)
    expect(readHead(deps, id)?.link.seq).toBeGreaterThanOrEqual(2)
  }
})

test('a slot that was changed, a head of another log, and none at all count as no head', () => {
  const { deps, file, bytes } = moved()
  expect(readHead(deps, other)).toBeUndefined()
  writeFileSync(file.replace(id, other), bytes())
  expect(readHead(deps, other)).toBeUndefined()
  writeFileSync(
    file,
    bytes()
      .toString('latin1')
      .replaceAll(/^[23] /gm, '9 '),
  )
  expect(readHead(deps, id)).toBeUndefined()
  expect(openHead(deps, id)).toBeUndefined()
})

test('a place remembers its log by id, and believes nothing else', () => {
  const { deps } = testLog()
  expect(logAt(deps, '/x')).toBeUndefined()
  setLogAt(deps, '/x', id)
  expect([logAt(deps, '/x'), logAt(deps, '/y')]).toEqual([id, undefined])
  writeFileSync(placeFile(deps, '/x', '.at'), '../../keys.json')
  expect(logAt(deps, '/x')).toBeUndefined()
  expect(readdirSync(join(deps.stateFolder, 'heads'))).toHaveLength(1)
  expect([isLogId(id), isLogId(`${id}\n`), isLogId(7)]).toEqual([true, false, false])
})
