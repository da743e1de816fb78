import { describe, expect, test } from 'vitest'
import { roadKit } from '../../road.fake.ts'

describe('a secret says itself when readers should look again', () => {
  for (const [data, seconds] of [
    [{ a: 1 }, 2_764_800],
    [{ ttl: '30m' }, 1800],
    [{ ttl: 60 }, 60],
    [{ lease: '1h', a: 1 }, 3600],
    [{ ttl: '5s', lease: '1h' }, 5],
    [{ ttl: 'soon' }, 2_764_800],
    [{ a: { ttl: '5s' } }, 2_764_800],
    [{ ttl: true }, 2_764_800],
  ] as const)
    test(JSON.stringify(data), async () => {
      const { ask } = await roadKit()
      await ask('update', 'secret/x', { data })
      expect((await ask('read', 'secret/x')).lease?.seconds).toBe(seconds)
    })
})
