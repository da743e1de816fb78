// What the contracts cannot say of this machine's own store: its files, its secrets, other processes.

import { spawn, spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { oneFile } from '../../dev/one-file.ts'
import { type Keys, openKeys } from '../machine/index.ts'
import { fakeMachine, freshFolder } from '../machine/machine.fake.ts'
import { note, notes } from './docs.contract.ts'
import { type Docs, type Kv, localDocs, localKv } from './index.ts'

async function openedKv(folder: string): Promise<Kv> {
  const kv = await localKv(fakeMachine(), folder)
  onTestFinished(() => kv.close())
  return kv
}

/** What stands in a row, behind its seal. */
const rowIn = (value?: Uint8Array) =>
  JSON.parse(
    Buffer.from(value ?? [])
      .toString()
      .replace(/^[^{]*/, ''),
  )

const freshKeys = (): Keys => openKeys(fakeMachine(), join(freshFolder(), 'keys.json'))
const docsIn = (kv: Kv, keys: Keys): Docs<ReturnType<typeof note>> =>
  localDocs({ ...fakeMachine(), kv, keys }, notes)

describe('writes of one turn', () => {
  it('are on the disk when they are told of, also where the store is closed in that turn', async () => {
    const folder = join(freshFolder(), 'store')
    const first = await localKv(fakeMachine(), folder)
    const written = Array.from({ length: 50 }, (_, at) =>
      first.batch([{ kind: 'put', key: `k${at}`, value: Buffer.from('v'), expected: 'absent' }]),
    )
    const closed = first.close()
    await Promise.all(written)
    await closed
    expect(await (await openedKv(folder)).keys({ prefix: 'k', limit: 100 })).toHaveLength(50)
  })
})

describe('the files of the local store', () => {
  it('are for their owner only, whatever the umask', async () => {
    const folder = join(freshFolder(), 'deep', 'store')
    await openedKv(folder)
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
    expect(mode(folder)).toBe('700')
    expect(readdirSync(folder).map((file) => [file, mode(join(folder, file))])).toEqual([
      ['data.mdb', '600'],
      ['lock.mdb', '600'],
    ])
  })

  it('that others may read are refused', async () => {
    const folder = join(freshFolder(), 'store')
    mkdirSync(folder)
    writeFileSync(join(folder, 'data.mdb'), '')
    chmodSync(join(folder, 'data.mdb'), 0o640)
    await expect(localKv(fakeMachine(), folder)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: `the local store \`${join(folder, 'data.mdb')}\` is open to others (mode 0640)`,
    })
  })

  for (const [what, text] of [
    ['something else', 'these are my notes, not a database\n'.repeat(200)],
    ['cut off', '0'.repeat(24)],
  ] as const) {
    it(`that are ${what} are refused, and left as they are`, async () => {
      const folder = join(freshFolder(), 'store')
      mkdirSync(folder)
      writeFileSync(join(folder, 'data.mdb'), text, { mode: 0o600 })
      await expect(localKv(fakeMachine(), folder)).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: `\`${join(folder, 'data.mdb')}\` is no store of sentinel's, or damaged`,
      })
      expect(readFileSync(join(folder, 'data.mdb'), 'utf8')).toBe(text)
    })
  }

  it('in a place that is no folder are refused with the reason', async () => {
    const file = join(freshFolder(), 'file')
    writeFileSync(file, '')
    await expect(localKv(fakeMachine(), join(file, 'store'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('a part of the path is no folder'),
    })
  })
})

describe("people's words in the local store", () => {
  it('are not in its files, what is not confidential is', async () => {
    const folder = join(freshFolder(), 'store')
    const docs = docsIn(await openedKv(folder), freshKeys())
    const words = 'customer 4711 is on fire'
    await docs.create('n1', note({ words, comments: [{ by: 'bob of the pager', score: 1 }] }))
    const bytes = readFileSync(join(folder, 'data.mdb'), 'latin1')
    expect([bytes.includes(words), bytes.includes('bob of the pager')]).toEqual([false, false])
    expect(bytes).toContain('"requester":"alice"')
    expect((await docs.get('n1'))?.body.words).toBe(words)
  })

  it('written under other keys are damage', async () => {
    const kv = await openedKv(join(freshFolder(), 'store'))
    await docsIn(kv, freshKeys()).create('n1', note())
    await expect(docsIn(kv, freshKeys()).get('n1')).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
  })

  it('cannot be moved to another document', async () => {
    const [kv, keys] = [await openedKv(join(freshFolder(), 'store')), freshKeys()]
    const docs = docsIn(kv, keys)
    await docs.create('n1', note({ words: 'approved by bob' }))
    await docs.create('n2', note({ words: 'please' }))
    const [from, to] = [await kv.get('requests/doc/n1'), await kv.get('requests/doc/n2')]
    const forged = { ...rowIn(to?.value), justification: rowIn(from?.value).justification }
    // With a seal of its own: it would have to be our own program that moves it.
    const seal = createHmac('sha256', keys.seal).update(`store requests ${JSON.stringify(forged)}`)
    const value = Buffer.from(`${seal.digest('base64')}${JSON.stringify(forged)}`)
    await kv.batch([{ kind: 'put', key: 'requests/doc/n2', value, expected: 'anything' }])
    await expect(docs.get('n2')).rejects.toThrowError('`justification` was not written with the keys')
    const page = await docs.list({ index: 'gsi-requester', value: 'alice', limit: 10 })
    expect([page.docs.map(({ id }) => id), page.damaged.length]).toEqual([['n1'], 1])
  })
})

describe('a row of the local store that somebody edits', () => {
  for (const [name, edit] of [
    ['to say something else', (row: string) => row.replace('alice', 'carol')],
    ['by one byte of its seal', (row: string) => `A${row.slice(1)}`.replace(/^AA/, 'BA')],
    ['without a seal', (row: string) => row.slice(row.indexOf('{'))],
    ['to another version', (row: string) => row.replace('"version":1', '"version":2')],
    ['to `null`', () => 'null'],
    ['to a list', () => '[1]'],
    ['to a text', () => '"{}"'],
    ['to nothing', () => ''],
    ['to no JSON', () => '{"id":'],
  ] as const) {
    it(`${name} is damaged, named, and hides no other`, async () => {
      const kv = await openedKv(join(freshFolder(), 'store'))
      const docs = docsIn(kv, freshKeys())
      await docs.create('n1', note())
      await docs.create('n2', note())
      const stored = Buffer.from((await kv.get('requests/doc/n1'))?.value ?? []).toString()
      const value = Buffer.from(edit(stored))
      await kv.batch([{ kind: 'put', key: 'requests/doc/n1', value, expected: 'anything' }])
      await expect(docs.get('n1')).rejects.toMatchObject({
        code: 'STORE_CORRUPT',
        message: expect.stringContaining(
          'the row `n1` is damaged: it was not written with the keys of this machine',
        ),
      })
      const page = await docs.list({ index: 'gsi-requester', value: 'alice', limit: 10 })
      expect([page.docs.map(({ id }) => id), page.damaged.map(({ code }) => code)]).toEqual([
        ['n2'],
        ['STORE_CORRUPT'],
      ])
    })
  }

  it('to be another row is damaged', async () => {
    const kv = await openedKv(join(freshFolder(), 'store'))
    const docs = docsIn(kv, freshKeys())
    await docs.create('n1', note())
    await docs.create('n2', note())
    const value = (await kv.get('requests/doc/n1'))?.value ?? new Uint8Array()
    await kv.batch([{ kind: 'put', key: 'requests/doc/n2', value, expected: 'anything' }])
    await expect(docs.get('n2')).rejects.toThrowError(
      'the row `n2` is damaged: it says that it is another row',
    )
  })
})

describe('a data file that was cut off', () => {
  /** Opens it in a process of its own: if that dies, it died by what it read. */
  const readIn = (program: string, folder: string) =>
    spawnSync(process.execPath, [program, folder], { encoding: 'utf8' })

  async function filled(): Promise<string> {
    const folder = join(freshFolder(), 'store')
    const kv = await localKv(fakeMachine(), folder)
    for (let at = 0; at < 40; at++)
      await kv.batch([{ kind: 'put', key: `k${at}`, value: Buffer.alloc(1000, at), expected: 'absent' }])
    await kv.close()
    return folder
  }

  it('is an error with a way out, wherever it was cut', async () => {
    const program = await oneFile(join(import.meta.dirname, 'reader.fake.ts'), freshFolder(), 'reader.cjs')
    const whole = await filled()
    const size = statSync(join(whole, 'data.mdb')).size
    for (const cut of [9000, 8192, 20_000, size - 4096]) {
      const folder = join(freshFolder(), 'store')
      cpSync(whole, folder, { recursive: true })
      truncateSync(join(folder, 'data.mdb'), cut)
      const { status, signal, stdout } = readIn(program, folder)
      expect([cut, status, signal]).toEqual([cut, 0, null])
      expect(stdout).toMatch(/^(?:40|STORE_UNAVAILABLE .*damaged; restore it from a backup.*)$/)
    }
    expect(readIn(program, whole).stdout).toBe('40')
  })
})

describe('the local store and other processes', () => {
  it('sees what another opening of it wrote, in the same turn', async () => {
    const folder = join(freshFolder(), 'store')
    const [one, other] = [await openedKv(folder), await openedKv(folder)]
    expect(await other.get('a')).toBeUndefined()
    await one.batch([{ kind: 'put', key: 'a', value: Buffer.from('1'), expected: 'absent' }])
    expect(await other.get('a')).toEqual(await one.get('a'))
  })

  it('keeps what it acknowledged when its writer is killed, and goes on without it', async () => {
    const folder = join(freshFolder(), 'store')
    const writer = spawn(process.execPath, [
      '--import',
      'tsx',
      join(import.meta.dirname, 'writer.fake.ts'),
      folder,
    ])
    let acknowledged = 0
    const enough = new Promise<void>((resolve) => {
      writer.stdout.on('data', (chunk: Buffer) => {
        acknowledged += chunk.toString().split('\n').length - 1
        if (acknowledged >= 5) resolve()
      })
      writer.once('exit', () => resolve())
    })
    await enough
    const ended = new Promise((resolve) => writer.once('close', resolve))
    writer.kill('SIGKILL')
    await ended
    expect(acknowledged).toBeGreaterThanOrEqual(5)
    const kv = await openedKv(folder)
    const kept = await kv.list({ prefix: 'k', limit: 1000 })
    expect(kept.length).toBeGreaterThanOrEqual(acknowledged)
    expect(kept.length).toBeLessThanOrEqual(acknowledged + 1)
    await kv.batch([{ kind: 'put', key: 'after', value: Buffer.from(''), expected: 'absent' }])
  })
})

describe('the local store whose files', () => {
  const put = (kv: Kv, key: string) =>
    kv.batch([{ kind: 'put', key, value: Buffer.from('1'), expected: 'absent' }])
  const gone = { code: 'STORE_UNAVAILABLE', message: expect.stringContaining('was taken away, or replaced') }

  async function filled() {
    const folder = join(freshFolder(), 'store')
    const kv = await localKv(fakeMachine(), folder)
    onTestFinished(() => kv.close())
    await put(kv, 'a')
    return { folder, kv }
  }

  async function expectGone(kv: Kv) {
    await expect(kv.get('a')).rejects.toMatchObject(gone)
    await expect(kv.list({ prefix: '', limit: 1 })).rejects.toMatchObject(gone)
    await expect(kv.keys({ prefix: '', limit: 1 })).rejects.toMatchObject(gone)
    await expect(put(kv, 'b')).rejects.toMatchObject(gone)
  }

  for (const [name, take] of [
    ['are removed', (folder: string) => rmSync(folder, { recursive: true })],
    ['are moved', (folder: string) => renameSync(folder, `${folder}.old`)],
    ['lose the one that keeps writers apart', (folder: string) => rmSync(join(folder, 'lock.mdb'))],
  ] as const) {
    it(`${name} while it is open says neither what they held nor that they are empty`, async () => {
      const { folder, kv } = await filled()
      take(folder)
      await expectGone(kv)
      expect(kv.isReplaced()).toBe(false)
    })
  }

  it('are moved and put back goes on', async () => {
    const { folder, kv } = await filled()
    renameSync(folder, `${folder}.old`)
    renameSync(`${folder}.old`, folder)
    expect(await kv.get('a')).toMatchObject({ key: 'a' })
  })

  it('are replaced says so, and is opened anew as what is there then', async () => {
    const { folder, kv } = await filled()
    rmSync(folder, { recursive: true })
    const other = await openedKv(folder)
    await put(other, 'b')
    await expectGone(kv)
    expect(kv.isReplaced()).toBe(true)
    const again = await openedKv(folder)
    expect(await again.keys({ prefix: '', limit: 9 })).toEqual(['b'])
  })
})
