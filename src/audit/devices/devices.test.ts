import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { freshFolder } from '../../machine/machine.fake.ts'
import { noPipes } from '../../machine/pipe.fake.ts'
import { mostDevices, openDevices } from './devices.ts'
import type { AuditFiles } from './files.ts'
import { timeLimitMs } from './groups.ts'
import { auditDeps, authOf, entryOf, fileDevice, type Meddling, meddledFiles } from './kit.fake.ts'

const lines = (file: string): readonly string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
const entries = (file: string) => lines(file).map((line) => JSON.parse(line))
/** Ids of what was recorded, without the test of enabling. */
const ids = (file: string) =>
  entries(file)
    .filter(({ request }) => request.path !== 'sys/audit/test')
    .map(({ request }) => request.id)

/** Without lines that a failed write left torn. */
const wholeIds = (file: string) =>
  lines(file).flatMap((line) => /^\{.*"request":\{"id":"([^"]+)".*\}\}$/.exec(line)?.[1] ?? [])

const refusal = (message: string | RegExp) => ({
  code: 'REQUEST_INVALID',
  message: expect.stringMatching(message),
})

describe('enabling an audit device', () => {
  it('writes a first entry, and is told of with its options', async () => {
    const folder = freshFolder()
    const file = join(folder, 'deep', 'er', 'audit.log')
    const devices = await openDevices(auditDeps(folder))
    expect(devices.isEnabled()).toBe(false)
    await devices.enable({ ...fileDevice(file, { mode: '0640' }), description: 'all', local: true })
    expect(devices.isEnabled()).toBe(true)
    expect(entries(file)).toMatchObject([{ type: 'request', request: { path: 'sys/audit/test' } }])
    expect(statSync(file).mode & 0o777).toBe(0o640)
    expect(statSync(join(folder, 'deep')).mode & 0o777).toBe(0o700)
    expect(devices.list()).toMatchObject([{ path: 'file/', type: 'file', description: 'all', local: true }])
    await devices.close()
  })

  it('makes files that only their owner can read', async () => {
    const folder = freshFolder()
    const file = join(folder, 'audit.log')
    const devices = await openDevices(auditDeps(folder))
    await devices.enable(fileDevice(file))
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await devices.close()
  })

  for (const [name, request, message] of [
    ['another type', { type: 'tape' }, /^unknown backend type: "tape"$/],
    [
      'syslog',
      { type: 'syslog' },
      /^audit devices of type "syslog" are not supported: enable one of type "file"$/,
    ],
    ['a socket', { type: 'socket' }, /type "socket" are not supported/],
    ['no file', { options: new Map() }, /^file_path is required$/],
    ['jsonx', { options: { format: 'jsonx' } }, /^`format` "jsonx" is not supported: use "json"$/],
    ['another format', { options: { format: 'xml' } }, /^unknown format type "xml"$/],
    ['a mode that is none', { options: { mode: 'rw' } }, /^`mode` must be octal/],
    ['a mode to execute it', { options: { mode: '0700' } }, /^`mode` may let others read/],
    ['a mode for others to write', { options: { mode: '0620' } }, /^`mode` may let others read/],
    ['a prefix with a line break', { options: { prefix: '#!/bin/sh\n' } }, /^`prefix` may have neither/],
    ['a flag that is none', { options: { log_raw: 'maybe' } }, /^`log_raw` must be true or false$/],
    ['a filter', { options: { filter: 'a == b' } }, /^audit devices have no option `filter`/],
    ['fallback', { options: { fallback: 'true' } }, /^`fallback` is not supported/],
    ['a misspelt option', { options: { prefx: 'x' } }, /did you mean prefix\?$/],
    ['an illegal path', { path: 'a b/' }, /cannot be the path of an audit device/],
    ['no path', { path: '/' }, /cannot be the path of an audit device/],
  ] as const) {
    it(`refuses ${name}`, async () => {
      const folder = freshFolder()
      const deps = auditDeps(folder)
      const devices = await openDevices(deps)
      const file = join(folder, 'audit.log')
      const { options, ...rest } = { options: {}, ...request }
      const asked = { ...fileDevice(file, options instanceof Map ? {} : options), ...rest }
      const wanted = options instanceof Map ? { ...asked, options } : asked
      await expect(devices.enable(wanted)).rejects.toMatchObject(refusal(message))
      expect(devices.isEnabled()).toBe(false)
      expect(readdirSync(folder)).toEqual([])
    })
  }

  it('refuses a path that is taken, and a file that another device writes', async () => {
    const folder = freshFolder()
    const file = join(folder, 'audit.log')
    const devices = await openDevices(auditDeps(folder))
    await devices.enable(fileDevice(file, {}, 'a/b/'))
    for (const path of ['a/b/', 'a/', 'a/b/c/'])
      await expect(devices.enable(fileDevice(join(folder, 'x'), {}, path))).rejects.toMatchObject(
        refusal('path already in use'),
      )
    symlinkSync(folder, join(folder, 'link'))
    await expect(
      devices.enable(fileDevice(join(folder, 'link', 'audit.log'), {}, 'c/')),
    ).rejects.toMatchObject(refusal('`a/b/` writes that file already'))
    await devices.close()
  })
})

describe('the path of an audit file', () => {
  const attacks: readonly (readonly [string, (folder: string, outside: string) => string, RegExp])[] = [
    ['outside the folders', (_, outside) => join(outside, 'x'), /is not below a folder for audit files/],
    ['beside them', (folder) => `${folder}-else/x`, /is not below/],
    ['a folder itself', (folder) => folder, /is not below|no plain file/],
    ['out by dots', (folder) => `${folder}/../x`, /may not have `\.` or `\.\.`/],
    ['by dots and in again', (folder) => `${folder}/a/../x`, /may not have/],
    ['not absolute', () => 'audit.log', /must be absolute/],
    ['with a NUL', (folder) => `${folder}/x\0.log`, /no control characters/],
    ['with a line break', (folder) => `${folder}/x\n.log`, /no control characters/],
    ['with a slash at its end', (folder) => `${folder}/x/`, /end in a slash/],
    [
      'out by a link to a folder',
      (folder, outside) => {
        symlinkSync(outside, join(folder, 'out'))
        return join(folder, 'out', 'x')
      },
      /is not below/,
    ],
    [
      'out by a link to a folder, deeper',
      (folder, outside) => {
        symlinkSync(outside, join(folder, 'out'))
        return join(folder, 'out', 'new', 'x')
      },
      /is not below/,
    ],
    [
      'a link to a file',
      (folder, outside) => {
        writeFileSync(join(outside, 'victim'), '')
        symlinkSync(join(outside, 'victim'), join(folder, 'x'))
        return join(folder, 'x')
      },
      /it is no plain file/,
    ],
    [
      'a link to nothing',
      (folder, outside) => {
        symlinkSync(join(outside, 'new'), join(folder, 'x'))
        return join(folder, 'x')
      },
      /it is no plain file/,
    ],
    [
      'another name of a file',
      (folder, outside) => {
        writeFileSync(join(outside, 'victim'), '')
        linkSync(join(outside, 'victim'), join(folder, 'x'))
        return join(folder, 'x')
      },
      /another name/,
    ],
    [
      'a file that holds something else',
      (folder) => {
        writeFileSync(join(folder, 'x'), 'root:x:0:0\n')
        return join(folder, 'x')
      },
      /holds something that is no audit log/,
    ],
    [
      'a file of JSON that is no audit log',
      (folder) => {
        writeFileSync(join(folder, 'x'), '{"time":"2026-02-03T10:00:00Z","level":"info"}\n')
        return join(folder, 'x')
      },
      /holds something that is no audit log/,
    ],
    [
      'a folder',
      (folder) => {
        mkdirSync(join(folder, 'd'))
        return join(folder, 'd')
      },
      /it is no plain file/,
    ],
    [
      'below a file',
      (folder) => {
        writeFileSync(join(folder, 'f'), '')
        return join(folder, 'f', 'x')
      },
      /something else is in the way|is no folder/,
    ],
  ]
  for (const [name, prepare, message] of attacks) {
    it(`is refused: ${name}`, async () => {
      const [folder, outside] = [freshFolder(), freshFolder()]
      const file = prepare(folder, outside)
      const before = [folder, outside].flatMap((each) => readdirSync(each).map((found) => join(each, found)))
      const texts = () =>
        before
          .filter((each) => statSync(each, { throwIfNoEntry: false })?.isFile())
          .map((each) => readFileSync(each, 'utf8'))
      const told = texts()
      const devices = await openDevices(auditDeps(folder))
      await expect(devices.enable(fileDevice(file))).rejects.toMatchObject(refusal(message))
      expect(texts()).toEqual(told)
      expect(readdirSync(outside)).toEqual(
        before.filter((each) => each.startsWith(outside)).map((each) => each.slice(outside.length + 1)),
      )
      expect(devices.isEnabled()).toBe(false)
    })
  }

  it('is refused where a link is laid in while its folders are made', async () => {
    const [folder, outside] = [freshFolder(), freshFolder()]
    const files = meddledFiles({
      afterMkdir: (path) => {
        rmSync(path, { recursive: true })
        symlinkSync(outside, path)
      },
    })
    const devices = await openDevices(auditDeps(folder, { files }))
    await expect(devices.enable(fileDevice(join(folder, 'new', 'x')))).rejects.toMatchObject(
      refusal('is not below a folder'),
    )
    expect(readdirSync(outside)).toEqual([])
  })

  it('is refused everywhere where no folder is named', async () => {
    const devices = await openDevices(auditDeps('', { folders: [] }))
    await expect(devices.enable(fileDevice('/tmp/x'))).rejects.toMatchObject({
      ...refusal('not below'),
      hint: 'name folders with `audit_dirs` in the configuration of the server',
    })
  })

  it('may not be a link that is put there while folders are made, and is gone before the next look', async () => {
    const [folder, outside] = [freshFolder(), freshFolder()]
    for (const path of [folder, outside]) mkdirSync(path, { recursive: true })
    const link = join(folder, 'new')
    const files: AuditFiles = {
      ...meddledFiles({}),
      mkdir: async (path) => symlinkSync(outside, path),
      async realpath(path) {
        const real = await realpath(path)
        if (path === link) unlinkSync(link)
        return real
      },
    }
    const devices = await openDevices(auditDeps(folder, { files }))
    await expect(devices.enable(fileDevice(join(link, 'audit.log')))).rejects.toMatchObject(
      refusal(/is not below a folder for audit files/),
    )
    expect(existsSync(join(outside, 'audit.log'))).toBe(false)
  })

  it('may lead over a link that the configuration itself has', async () => {
    const [folder, other] = [freshFolder(), freshFolder()]
    symlinkSync(folder, join(other, 'link'))
    const devices = await openDevices(auditDeps(join(other, 'link')))
    await devices.enable(fileDevice(join(other, 'link', 'audit.log')))
    expect(entries(join(folder, 'audit.log'))).toHaveLength(1)
    await devices.close()
  })

  it('may be that of an audit log that is there, with another prefix too', async () => {
    const folder = freshFolder()
    const file = join(folder, 'audit.log')
    for (const prefix of ['', '@cee: ', 'x ']) {
      const devices = await openDevices(auditDeps(folder))
      await devices.enable(fileDevice(file, { prefix }))
      await devices.close()
    }
    expect(lines(file)).toHaveLength(3)
  })
})

describe('audit devices', () => {
  it('are there again after a restart, with their salts and headers', async () => {
    const folder = freshFolder()
    const deps = auditDeps(folder)
    const before = await openDevices(deps)
    await before.enable(fileDevice(join(folder, 'audit.log')))
    await before.headers.write('X-Trace', { hmac: true })
    await before.headers.write('x-vault-mfa', { hmac: true })
    await expect(before.headers.write('X-Vault-MFA', { hmac: false })).rejects.toThrow('has passcodes')
    await before.headers.remove('X-Vault-MFA')
    const hash = before.hash('file/', 'x')
    expect(hash).toMatch(/^hmac-sha256:[0-9a-f]{64}$/)
    await before.close()
    const after = await openDevices(deps)
    expect(after.hash('file/', 'x')).toBe(hash)
    expect(after.list()).toEqual(before.list())
    expect([...after.headers.all()]).toEqual([['x-trace', { hmac: true }]])
    await after.headers.remove('x-TRACE')
    expect(after.headers.all().size).toBe(0)
    await after.close()
  })

  it('have salts of their own, and hash as their entries do', async () => {
    const folder = freshFolder()
    const [one, two] = [join(folder, 'one'), join(folder, 'two')]
    const devices = await openDevices(auditDeps(folder))
    await devices.enable(fileDevice(one, {}, 'one/'))
    await devices.enable(fileDevice(two, { log_raw: 'true' }, 'two/'))
    expect(devices.hash('one/', 'x')).not.toBe(devices.hash('two/', 'x'))
    await devices.record([entryOf({ data: { json: '{"a":"x"}', plainKeys: [] } })])
    await devices.close()
    expect(entries(one).at(-1).request.data).toEqual({ a: devices.hash('one/', 'x') })
    expect(entries(two).at(-1).request.data).toEqual({ a: 'x' })
  })

  it('say which of them nobody knows', async () => {
    const devices = await openDevices(auditDeps(freshFolder()))
    expect(() => devices.hash('x/', 'y')).toThrow('unknown audit backend "x/"')
  })

  it('can be disabled: what was recorded before is written, nothing after, and the salt is gone', async () => {
    const folder = freshFolder()
    const file = join(folder, 'audit.log')
    const deps = auditDeps(folder)
    const devices = await openDevices(deps)
    await devices.enable(fileDevice(file))
    const [, ...rest] = [devices.record([entryOf({ id: '1' })]), devices.disable('file/')]
    await Promise.all(rest)
    await devices.record([entryOf({ id: '2' })])
    await devices.disable('file/')
    expect(ids(file)).toEqual(['1'])
    expect((await openDevices(deps)).isEnabled()).toBe(false)
  })

  it('write to the standard output, or to nothing', async () => {
    const out: string[] = []
    const deps = auditDeps(freshFolder(), { stdout: async (bytes) => void out.push(String(bytes)) })
    const devices = await openDevices(deps)
    await devices.enable(fileDevice('stdout', {}, 'out/'))
    await devices.enable(fileDevice('discard', {}, 'nowhere/'))
    await devices.record([entryOf({ id: '1' })])
    await devices.close()
    expect(out.join('').match(/^\{.*\}$/gm)).toHaveLength(2)
  })
})

/** A device that is enabled and has a file that can be meddled with. */
async function meddled(meddling: Meddling, parts: Parameters<typeof auditDeps>[1] = {}) {
  const folder = freshFolder()
  const file = join(folder, 'audit.log')
  const hold: { meddling: Meddling } = { meddling: {} }
  const files = meddledFiles({
    beforeWrite: async (length) => (await hold.meddling.beforeWrite?.(length)) ?? length,
    afterWrite: async () => hold.meddling.afterWrite?.(),
    beforeOpen: (path) => hold.meddling.beforeOpen?.(path),
  })
  const deps = auditDeps(folder, { files, ...parts })
  const devices = await openDevices(deps)
  await devices.enable(fileDevice(file))
  hold.meddling = meddling
  return { folder, file, deps, devices }
}

const fails = (code: string) => {
  throw Object.assign(new Error(code), { code })
}

describe('recording', () => {
  it('writes all of one turn of the event loop in one write', async () => {
    let writes = 0
    const { file, devices } = await meddled({
      beforeWrite: (length) => {
        writes++
        return length
      },
    })
    await Promise.all(Array.from({ length: 100 }, (_, at) => devices.record([entryOf({ id: `${at}` })])))
    expect(writes).toBe(1)
    expect(ids(file)).toEqual(Array.from({ length: 100 }, (_, at) => `${at}`))
    await devices.close()
  })

  it('takes what comes during a write into the next one', async () => {
    const sizes: number[] = []
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    const { file, devices } = await meddled({
      beforeWrite: async (length) => {
        sizes.push(length)
        if (sizes.length === 1) await held
        return length
      },
    })
    const first = devices.record([entryOf({ id: 'a' })])
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    const later = ['b', 'c', 'd'].map((id) => devices.record([entryOf({ id })]))
    release()
    await Promise.all([first, ...later])
    expect(sizes).toHaveLength(2)
    expect(ids(file)).toEqual(['a', 'b', 'c', 'd'])
    await devices.close()
  })

  it('goes on where a write takes less than it was given', async () => {
    const { file, devices } = await meddled({ beforeWrite: (length) => Math.ceil(length / 2) })
    await devices.record([entryOf({ id: 'a' }), entryOf({ id: 'b' })])
    expect(ids(file)).toEqual(['a', 'b'])
    await devices.close()
  })

  it('flushes the folder of a new file, and each group, where that was asked for', async () => {
    let flushes = 0
    const folder = freshFolder()
    const real = meddledFiles({})
    const files = {
      ...real,
      open: async (...args: Parameters<typeof real.open>) => {
        const file = await real.open(...args)
        const datasync = () => {
          flushes++
          return file.datasync()
        }
        return { ...file, datasync }
      },
    }
    const devices = await openDevices(auditDeps(folder, { files, durability: 'fsync' }))
    await devices.enable(fileDevice(join(folder, 'audit.log')))
    await Promise.all(['a', 'b'].map((id) => devices.record([entryOf({ id })])))
    expect(flushes).toBe(3)
    await devices.close()
  })

  it('fails where no device can write, says so once, and once that it writes again', async () => {
    let isFull = true
    const { file, devices, deps } = await meddled({
      beforeWrite: (length) => (isFull ? fails('ENOSPC') : length) as number,
    })
    for (const id of ['a', 'b'])
      await expect(devices.record([entryOf({ id })])).rejects.toMatchObject({
        code: 'AUDIT_FAILED',
        message: 'internal error',
      })
    isFull = false
    await devices.record([entryOf({ id: 'c' })])
    expect(ids(file)).toEqual(['c'])
    expect(deps.troubles).toMatchObject([
      {
        device: 'file/',
        error: { message: `cannot write the audit log \`${file}\`: no space left on the disk (ENOSPC)` },
      },
      { device: 'file/', error: undefined },
    ])
    await devices.close()
  })

  it('does not fail where another device can write', async () => {
    const { folder, file, devices } = await meddled({ beforeWrite: (length) => length })
    const other = join(folder, 'other')
    await devices.enable(fileDevice(other, {}, 'other/'))
    rmSync(file)
    mkdirSync(file)
    await devices.record([entryOf({ id: 'a' })])
    expect(ids(other)).toEqual(['a'])
    await devices.close()
  })

  it('ends half a line that a failed write left, before the next', async () => {
    let writes = 0
    const { file, devices } = await meddled({
      beforeWrite: (length) => (++writes === 1 ? 40 : writes === 2 ? (fails('ENOSPC') as never) : length),
    })
    await expect(devices.record([entryOf({ id: 'torn' })])).rejects.toMatchObject({ code: 'AUDIT_FAILED' })
    await devices.record([entryOf({ id: 'whole' })])
    const [, torn, whole] = lines(file)
    expect(torn).toHaveLength(40)
    expect(JSON.parse(whole ?? '').request.id).toBe('whole')
    await devices.close()
  })

  it('gives up a write that does not end in time, and all that waits for it', async () => {
    let later = () => {}
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    const { file, devices } = await meddled(
      {
        beforeWrite: async (length) => {
          await held
          return length
        },
      },
      {
        wait: {
          after(ms, run) {
            expect(ms).toBe(timeLimitMs)
            later = run
            return () => {}
          },
        },
      },
    )
    const first = devices.record([entryOf({ id: 'a' })])
    const failed = expect(first).rejects.toMatchObject({ code: 'AUDIT_FAILED' })
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    const second = devices.record([entryOf({ id: 'b' })])
    later()
    await failed
    await expect(second).rejects.toMatchObject({ code: 'AUDIT_FAILED' })
    await expect(devices.record([entryOf({ id: 'c' })])).rejects.toMatchObject({ code: 'AUDIT_FAILED' })
    release()
    await expect
      .poll(() =>
        devices.record([entryOf({ id: 'd' })]).then(
          () => 'written',
          () => 'failed',
        ),
      )
      .toBe('written')
    expect(ids(file)).not.toContain('b')
    await devices.close()
  })
})

/** Devices whose file systems hang below one folder until that is ended, and whose time is up when that is said. */
async function hanging() {
  const folder = freshFolder()
  const hung = join(folder, 'hung')
  mkdirSync(hung)
  const timers = new Set<() => void>()
  let [isHung, release] = [true, () => {}]
  const held = new Promise<void>((resolve) => {
    release = () => {
      isHung = false
      resolve()
    }
  })
  const files = meddledFiles({
    beforeFolder: async (path) => (path.startsWith(hung) && isHung ? held : undefined),
  })
  const wait = {
    after(ms: number, run: () => void) {
      expect(ms).toBe(timeLimitMs)
      timers.add(run)
      return () => void timers.delete(run)
    },
  }
  const deps = auditDeps(folder, { files, wait })
  const timeIsUp = () => {
    for (const run of timers) run()
  }
  const turns = async () => {
    for (let at = 0; at < 50; at++) await new Promise((resolve) => setImmediate(resolve))
  }
  return { deps, folder, hung, release, timeIsUp, turns }
}

describe('a file system that hangs', () => {
  it('refuses a device when its time is up, and holds up no other change', async () => {
    const { deps, folder, hung, release, timeIsUp, turns } = await hanging()
    const devices = await openDevices(deps)
    const file = join(hung, 'audit.log')
    const asked = devices.enable(fileDevice(file, {}, 'hung/'))
    const refused = expect(asked).rejects.toMatchObject(refusal('a write did not end within 5 seconds'))
    await turns()
    await devices.enable(fileDevice(join(folder, 'a'), {}, 'a/'))
    await devices.enable(fileDevice(join(folder, 'b'), {}, 'b/'))
    await devices.disable('b/')
    await expect(devices.enable(fileDevice(join(folder, 'c'), {}, 'hung/'))).rejects.toMatchObject(
      refusal('path already in use'),
    )
    timeIsUp()
    await refused
    expect(devices.list().map(({ path }) => path)).toEqual(['a/'])
    await devices.record([entryOf({ id: '1' })])
    expect(ids(join(folder, 'a'))).toEqual(['1'])
    release()
    await turns()
    expect(existsSync(file)).toBe(false)
    await devices.close()
  })

  it('can be got rid of: its device is disabled while it hangs', async () => {
    const { deps, folder, hung, timeIsUp, turns } = await hanging()
    const before = await openDevices({ ...deps, files: meddledFiles({}) })
    await before.enable(fileDevice(join(hung, 'audit.log'), {}, 'hung/'))
    await before.enable(fileDevice(join(folder, 'a'), {}, 'a/'))
    await before.close()
    const devices = await openDevices(deps)
    await devices.record([entryOf({ id: '1' })])
    await turns()
    timeIsUp()
    await devices.disable('hung/')
    expect(devices.list().map(({ path }) => path)).toEqual(['a/'])
    await devices.record([entryOf({ id: '2' })])
    expect(ids(join(folder, 'a'))).toEqual(['1', '2'])
    await devices.close()
  })

  it.skipIf(noPipes)(
    'leaves threads for a healthy device, as many devices as may be hang [needs mkfifo]',
    async () => {
      const folder = freshFolder()
      const program = ['--import', 'tsx', join(import.meta.dirname, 'hung.fake.ts'), folder]
      const env = { ...process.env, UV_THREADPOOL_SIZE: String(2 * mostDevices) }
      const child = spawn(process.execPath, program, { env, stdio: ['ignore', 'pipe', 'inherit'] })
      onTestFinished(() => void child.kill('SIGKILL'))
      const [said] = await once(child.stdout, 'data')
      expect(String(said)).toBe('written\n')
      expect(ids(join(folder, 'well'))).toEqual(['1', '2'])
    },
    25_000,
  )

  it('holds up no device below another of the folders', async () => {
    const { deps, folder, hung, release } = await hanging()
    const folders = [hung, join(folder, 'well')]
    const devices = await openDevices({ ...deps, folders })
    mkdirSync(join(folder, 'well'))
    await devices.enable(fileDevice(join(folder, 'well', 'audit.log')))
    release()
    await devices.close()
  })

  it('counts against the devices that there may be until it answers again', async () => {
    const { deps, folder, hung, release, timeIsUp, turns } = await hanging()
    const devices = await openDevices(deps)
    const tries = Array.from({ length: mostDevices }, (_, at) =>
      devices.enable(fileDevice(join(hung, `${at}`), {}, `${at}/`)).catch(() => 'refused'),
    )
    await turns()
    timeIsUp()
    expect(new Set(await Promise.all(tries))).toEqual(new Set(['refused']))
    const good = fileDevice(join(folder, 'good'))
    await expect(devices.enable(good)).rejects.toMatchObject(refusal(/^there are 8 audit devices, of 8/))
    release()
    await turns()
    await expect.poll(() => devices.enable(good).then(() => 'enabled', String)).toBe('enabled')
    await devices.close()
  })
})

describe('an audit file that others change', () => {
  it('goes on in a new file where its own was moved away or removed, between groups', async () => {
    const { folder, file, devices } = await meddled({})
    await devices.record([entryOf({ id: 'a' })])
    renameSync(file, join(folder, 'moved'))
    await devices.record([entryOf({ id: 'b' })])
    rmSync(file)
    await devices.record([entryOf({ id: 'c' })])
    expect([ids(join(folder, 'moved')), ids(file)]).toEqual([['a'], ['c']])
    await devices.close()
  })

  it('goes on where its file was cut off', async () => {
    const { file, devices } = await meddled({})
    await devices.record([entryOf({ id: 'a' })])
    truncateSync(file, 0)
    await devices.record([entryOf({ id: 'b' })])
    expect(ids(file)).toEqual(['b'])
    expect(readFileSync(file)[0]).toBe(0x7b)
    await devices.close()
  })

  for (const [name, change] of [
    ['removed', (file: string) => rmSync(file)],
    ['cut off', (file: string) => truncateSync(file, 0)],
  ] as const) {
    it(`writes a group again that was ${name} before it was acknowledged`, async () => {
      let changes = 0
      const place: { file?: string } = {}
      const { file, devices } = await meddled({
        afterWrite: async () => {
          if (changes++ === 0) change(place.file ?? '')
        },
      })
      place.file = file
      await devices.record([entryOf({ id: 'a' })])
      expect(ids(file)).toEqual(['a'])
      await devices.close()
    })
  }

  it('does not write a group twice whose file was moved while it was written', async () => {
    const place: { file?: string } = {}
    let moves = 0
    const { folder, file, devices } = await meddled({
      afterWrite: async () => {
        if (moves++ === 0) renameSync(place.file ?? '', join(place.file ?? '', '..', 'moved'))
      },
    })
    place.file = file
    await devices.record([entryOf({ id: 'a' })])
    await devices.record([entryOf({ id: 'b' })])
    expect([ids(join(folder, 'moved')), ids(file)]).toEqual([['a'], ['b']])
    await devices.close()
  })

  it('does not go on in something else that was laid in its place', async () => {
    const { folder, file, devices } = await meddled({})
    writeFileSync(join(folder, 'victim'), 'precious\n')
    rmSync(file)
    symlinkSync(join(folder, 'victim'), file)
    await expect(devices.record([entryOf()])).rejects.toMatchObject({ code: 'AUDIT_FAILED' })
    rmSync(file)
    writeFileSync(file, 'precious\n')
    await expect(devices.record([entryOf()])).rejects.toMatchObject({ code: 'AUDIT_FAILED' })
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('precious\n')
    expect(readFileSync(file, 'utf8')).toBe('precious\n')
    rmSync(file)
    await devices.record([entryOf({ id: 'a' })])
    expect(ids(file)).toEqual(['a'])
    await devices.close()
  })

  it('ends half a line that somebody else left', async () => {
    const { file, devices } = await meddled({})
    await devices.reopen()
    appendFileSync(file, '{"time":"2026')
    await devices.record([entryOf({ id: 'a' })])
    expect(JSON.parse(lines(file).at(-1) ?? '').request.id).toBe('a')
    await devices.close()
  })

  it('is let go of when its owner asks for that, at once', async () => {
    let opens = 0
    const { folder, file, devices } = await meddled({ beforeOpen: () => void opens++ })
    renameSync(file, join(folder, 'moved'))
    await devices.reopen()
    await devices.record([entryOf({ id: 'a' })])
    expect([opens, ids(join(folder, 'moved')), ids(file)]).toEqual([1, [], ['a']])
    await devices.close()
  })

  it('is let go of during a write too, once that has ended', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    const { folder, file, devices } = await meddled({ afterWrite: () => held })
    const first = devices.record([entryOf({ id: 'a' })])
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    const reopened = devices.reopen()
    release()
    await Promise.all([first, reopened])
    renameSync(file, join(folder, 'moved'))
    await devices.record([entryOf({ id: 'b' })])
    expect([ids(join(folder, 'moved')), ids(file)]).toEqual([['a'], ['b']])
    await devices.close()
  })

  it('has every acknowledged entry once, in one of the files, whatever is moved meanwhile', async () => {
    const folder = freshFolder()
    const file = join(folder, 'audit.log')
    let writes = 0
    const files = meddledFiles({
      afterWrite: async () => {
        writes++
        if (writes % 7 === 0 && existsSync(file)) renameSync(file, join(folder, `moved-${writes}`))
      },
    })
    const devices = await openDevices(auditDeps(folder, { files }))
    await devices.enable(fileDevice(file))
    const acknowledged: string[] = []
    const writer = async (name: string) => {
      for (let at = 0; at < 50; at++) {
        const id = `${name}-${at}`
        await devices.record([entryOf({ id }), entryOf({ id }, { type: 'response', auth: authOf() })])
        acknowledged.push(id)
      }
    }
    await Promise.all(Array.from({ length: 20 }, (_, at) => writer(`w${at}`)))
    await devices.close()
    const found = readdirSync(folder).flatMap((name) => ids(join(folder, name)))
    expect(readdirSync(folder).length).toBeGreaterThan(3)
    expect(acknowledged).toHaveLength(1000)
    expect(found.toSorted()).toEqual(acknowledged.flatMap((id) => [id, id]).toSorted())
  })

  it.skipIf(process.platform === 'win32')(
    'has every acknowledged entry once where the system lets files grow no more',
    () => {
      const folder = freshFolder()
      const limited = 'ulimit -f 16; exec "$@"'
      const program = ['--import', 'tsx', join(import.meta.dirname, 'writer.fake.ts'), folder]
      const { stdout, stderr } = spawnSync('sh', ['-c', limited, 'sh', process.execPath, ...program], {
        encoding: 'utf8',
        timeout: 25_000,
      })
      expect(stderr).toBe('')
      const acknowledged = stdout.split('\n').filter((line) => line !== '')
      const [full, next] = ['full.log', 'audit.log'].map((name) => wholeIds(join(folder, name)))
      expect(full?.length).toBeGreaterThan(3)
      expect(next?.length).toBeGreaterThan(3)
      const found = [...(full ?? []), ...(next ?? [])].filter((id) => acknowledged.includes(id))
      expect(found).toEqual(acknowledged)
    },
  )

  it.skipIf(process.getuid?.() === 0)('fails where its folder may no longer be written', async () => {
    const { folder, file, devices } = await meddled({})
    rmSync(file)
    chmodSync(folder, 0o500)
    await expect(devices.record([entryOf()])).rejects.toMatchObject({ code: 'AUDIT_FAILED' })
    chmodSync(folder, 0o700)
    await devices.close()
  })
})
