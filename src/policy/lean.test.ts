// Answering a request must not load what only reading a text needs: this room's face is on the everyday path of
// `sentinel credentials`, where one YAML parser or one use of `Intl` costs more than all the rest.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** The files and packages that importing a file loads at once: no types, no `import()`. */
function loaded(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const imports = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\s(?!type\b)[^'"]*?from\s+'([^']+)'/gm,
  )
  for (const [, target = ''] of imports) {
    if (target.startsWith('.')) loaded(join(dirname(file), target), seen)
    else seen.add(target)
  }
  return seen
}

describe('what the face of the room loads', () => {
  const files = [...loaded(join(import.meta.dirname, 'index.ts'))]

  it('is what answering needs', () => {
    expect(files.some((file) => file.endsWith('evaluate.ts'))).toBe(true)
    expect(files.some((file) => file.endsWith('load.ts'))).toBe(false)
  })

  it('is no YAML parser, no schema library', () =>
    expect(
      files.filter((file) => !file.startsWith('/') && !/^[A-Z]:/.test(file) && !file.startsWith('node:')),
    ).toEqual([]))

  it('does not ask `Intl`, nor what asks it when it is called', () => {
    const asking = /\bIntl\.|\b(?:isTimeZone|knownTimeZones|zoneOffsets)\b/
    const asks = (file: string) =>
      (/\/base\/(?!zones)/.test(file) ? /\bIntl\./ : asking).test(readFileSync(file, 'utf8'))
    const own = files.filter((file) => file.endsWith('.ts') && !file.endsWith(join('base', 'zones.ts')))
    expect(own.filter(asks)).toEqual([])
    expect(asks(join(import.meta.dirname, 'rules/zones.ts'))).toBe(true)
  })

  it('and the positive control: the heavy part loads all three', () => {
    const heavy = [...loaded(join(import.meta.dirname, 'rules/load.ts'))]
    expect(heavy).toEqual(expect.arrayContaining(['yaml', 'zod']))
    expect(heavy.some((file) => file.endsWith('zones.ts'))).toBe(true)
  })
})
