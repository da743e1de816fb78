import { spawn } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { SentinelError } from '../base/index.ts'
import {
  readText,
  readTextIfPresent,
  readWholeText,
  removeFile,
  renameWith,
  rewriteText,
  writeAtomic,
} from './files.ts'
import { filesIn } from './folders.ts'
import { fakeMachine, freshFolder } from './machine.fake.ts'
import { makePipe, noPipes } from './pipe.fake.ts'
import { platforms } from './platform.ts'

function failure(run: () => unknown): SentinelError {
  try {
    run()
  } catch (thrown) {
    return thrown as SentinelError
  }
  throw new Error('nothing was thrown')
}

describe('reading', () => {
  test.skipIf(noPipes || process.platform !== 'linux')(
    'a pipe gives what is written to it, in parts too [needs mkfifo]',
    () => {
      const pipe = makePipe()
      spawn('sh', [
        '-c',
        'printf a > "$0"; i=0; while [ $i -lt 9 ]; do printf bc; i=$((i + 1)); done > "$0"',
        pipe,
      ])
      expect(readText(pipe)).toMatch(/^a(?:bc)*$/)
    },
  )

  const folder = () => {
    const path = freshFolder()
    mkdirSync(join(path, 'folder'))
    writeFileSync(join(path, 'text'), 'grüße\n')
    writeFileSync(join(path, 'marked'), '\ufeffx')
    writeFileSync(join(path, 'latin1'), Buffer.from('gr\xfc\xdfe', 'latin1'))
    writeFileSync(join(path, 'large'), Buffer.alloc(16 * 1024 * 1024 + 1))
    writeFileSync(join(path, 'empty'), '')
    symlinkSync('loop', join(path, 'loop'))
    return path
  }

  for (const [name, file, want] of [
    ['a text', 'text', 'grüße\n'],
    ['a text without its byte order mark', 'marked', 'x'],
    ['an empty file', 'empty', ''],
  ] as const) {
    test(name, () => {
      expect(readText(join(folder(), file))).toBe(want)
    })
  }

  test('a whole text keeps its byte order mark', () => {
    expect(readWholeText(join(folder(), 'marked'))).toBe('\ufeffx')
  })

  test('the files of a folder, by name, and not its folders', () => {
    const path = folder()
    symlinkSync('text', join(path, 'link'))
    symlinkSync('folder', join(path, 'link-to-folder'))
    expect(filesIn(path)).toEqual(['empty', 'large', 'latin1', 'link', 'loop', 'marked', 'text'])
    expect(filesIn(join(path, 'text'))).toBeUndefined()
    expect(filesIn(join(path, 'missing'))).toBeUndefined()
    expect(failure(() => filesIn(join(path, 'loop'))).message).toContain('(ELOOP)')
  })

  for (const [name, file, message, place = ''] of [
    ['a missing file', 'missing', 'no such file or folder (ENOENT)'],
    ['a folder', 'folder', 'it is a folder (EISDIR)'],
    ['a part of the path that is no folder', 'text/x', 'a part of the path is no folder (ENOTDIR)'],
    ['a loop of links', 'loop', 'too many symbolic links (ELOOP)'],
    ['bytes that are not UTF-8', 'latin1', 'it is not UTF-8'],
    ['a file past all reason', 'large', 'it is larger than 16 MiB', ':1:1'],
  ] as const) {
    test(`${name} is refused with the path and the reason`, () => {
      const path = join(folder(), file)
      const error = failure(() => readText(path))
      expect(error.code).toBe('FILE_UNREADABLE')
      expect(error.message).toBe(`cannot read \`${path}${place}\`: ${message}`)
      expect(error.hint).toBeDefined()
    })
  }

  test('a device without end is cut off, not followed', () => {
    expect(failure(() => readText('/dev/zero')).code).toBe('FILE_UNREADABLE')
  })

  test('a file that need not be there is undefined; one that cannot be read is not', () => {
    const path = folder()
    expect(readTextIfPresent(join(path, 'missing'))).toBeUndefined()
    expect(readTextIfPresent(join(path, 'text'))).toBe('grüße\n')
    expect(failure(() => readTextIfPresent(join(path, 'folder'))).code).toBe('FILE_UNREADABLE')
  })
})

describe('writing', () => {
  test('makes the folder and the file for their owner alone, and leaves nothing beside it', () => {
    const folder = join(freshFolder(), 'a', 'b')
    writeAtomic(fakeMachine(), join(folder, 'file'), 'one')
    writeAtomic(fakeMachine(), join(folder, 'file'), Buffer.from('two'))
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('two')
    expect(readdirSync(folder)).toEqual(['file'])
    expect(statSync(join(folder, 'file')).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  test('a file that was open to others is closed to them', () => {
    const path = join(freshFolder(), 'file')
    writeFileSync(path, 'old', { mode: 0o644 })
    chmodSync(path, 0o644)
    writeAtomic(fakeMachine(), path, 'new')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('a folder in the way is an error that leaves no temporary file', () => {
    const folder = freshFolder()
    mkdirSync(join(folder, 'target', 'inner'), { recursive: true })
    const error = failure(() => writeAtomic(fakeMachine(), join(folder, 'target'), 'x'))
    expect(error.code).toBe('FILE_UNWRITABLE')
    expect(error.message).toContain(join(folder, 'target'))
    expect(readdirSync(folder)).toEqual(['target'])
  })

  test('a file where a folder should be is said as such', () => {
    const error = failure(() => writeAtomic(fakeMachine(), '/dev/null/x', 'x'))
    expect(error.code).toBe('FILE_UNWRITABLE')
    expect(error.message).toContain('something else is in the way (EEXIST)')
  })

  test('removing a file twice is no error, removing a folder is', () => {
    const folder = freshFolder()
    writeFileSync(join(folder, 'file'), '')
    removeFile(join(folder, 'file'))
    removeFile(join(folder, 'file'))
    expect(failure(() => removeFile(folder)).code).toBe('FILE_UNWRITABLE')
  })

  for (const [name, platform, failures, want] of [
    ['Windows tries again while the file is busy', platforms.win32, 3, 'renamed'],
    ['but not for ever', platforms.win32, 99, 'EBUSY'],
    ['Linux does not', platforms.linux, 1, 'EBUSY'],
  ] as const) {
    test(`renaming: ${name}`, () => {
      let left: number = failures
      const rename = () => {
        if (left-- > 0) throw Object.assign(new Error('busy'), { code: 'EBUSY' })
      }
      const run = () => {
        renameWith(fakeMachine(0, { platform }), rename)
        return 'renamed'
      }
      if (want === 'renamed') expect(run()).toBe(want)
      else expect(run).toThrow('busy')
    })
  }
})

describe("giving a person's file another text", () => {
  const own = (mode: number) => {
    const folder = freshFolder()
    writeFileSync(join(folder, 'p'), 'old')
    chmodSync(join(folder, 'p'), mode)
    return folder
  }

  test('keeps its mode, and leaves nothing beside it', () => {
    const folder = own(0o754)
    rewriteText(fakeMachine(), join(folder, 'p'), 'new')
    expect(readFileSync(join(folder, 'p'), 'utf8')).toBe('new')
    expect(statSync(join(folder, 'p')).mode & 0o7777).toBe(0o754)
    expect(readdirSync(folder)).toEqual(['p'])
  })

  test('changes the file behind a link', () => {
    const folder = own(0o644)
    symlinkSync('p', join(folder, 'link'))
    rewriteText(fakeMachine(), join(folder, 'link'), 'new')
    expect(readFileSync(join(folder, 'p'), 'utf8')).toBe('new')
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true)
  })

  test('makes no file where there is none', () => {
    const folder = own(0o644)
    const error = failure(() => rewriteText(fakeMachine(), join(folder, 'q'), 'new'))
    expect(error.message).toBe(`cannot write \`${join(folder, 'q')}\`: no such file or folder (ENOENT)`)
    expect(readdirSync(folder)).toEqual(['p'])
  })

  test.skipIf(process.getuid?.() === 0)('a file that may not be written is left alone', () => {
    const folder = own(0o444)
    expect(failure(() => rewriteText(fakeMachine(), join(folder, 'p'), 'new')).code).toBe('FILE_UNWRITABLE')
    expect(readFileSync(join(folder, 'p'), 'utf8')).toBe('old')
  })
})
