import { describe, expect, it } from 'vitest'
import { readTogether } from './read-together.ts'

/** Reads that end when the test says so. Each finds out what there is when it starts. */
function slow() {
  const under: (() => void)[] = []
  const world = { value: 'old', started: 0 }
  const read = () => {
    world.started++
    const { value } = world
    return new Promise<string>((resolve) => under.push(() => resolve(value)))
  }
  return { world, read, end: () => under.shift()?.() }
}

describe('reads of one thing', () => {
  it('are as many at once as may be; who comes then shares the next one, and none that has begun', async () => {
    const { world, read, end } = slow()
    const ask = readTogether<string>(2)
    const first = [ask(() => read()), ask(() => read())]
    world.value = 'new'
    const later = [ask(() => read()), ask(() => read()), ask(() => read())]
    expect(world.started).toBe(2)
    end()
    await first[0]
    await Promise.resolve()
    expect(world.started).toBe(3)
    end()
    end()
    expect(await Promise.all(first)).toEqual(['old', 'old'])
    expect(await Promise.all(later)).toEqual(['new', 'new', 'new'])
    expect(world.started).toBe(3)
  })

  it('that fail fail for those who share them, and the next one is read all the same', async () => {
    const ask = readTogether<string>(1)
    const fails = ask(() => Promise.reject(new Error('down')))
    const after = ask(async () => 'up')
    await expect(fails).rejects.toThrow('down')
    expect(await after).toBe('up')
    expect(await ask(async () => 'still up')).toBe('still up')
  })
})
