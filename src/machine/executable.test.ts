import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findExecutable, type Probe, probeFile } from './executable.ts'
import { freshFolder } from './machine.fake.ts'
import { platforms } from './platform.ts'

const { linux, win32 } = platforms

function disk(programs: readonly string[], plain: readonly string[] = []): Probe {
  return (path) => (programs.includes(path) ? 'program' : plain.includes(path) ? 'plain' : 'missing')
}
const found = (path: string, needsShell = false) => ({ kind: 'found', path, needsShell })

for (const [name, platform, env, command, probe, want] of [
  ['the first of PATH wins', linux, { PATH: '/a:/b' }, 'x', disk(['/a/x', '/b/x']), found('/a/x')],
  [
    'a file that may not be run is passed over',
    linux,
    { PATH: '/a:/b' },
    'x',
    disk(['/b/x'], ['/a/x']),
    found('/b/x'),
  ],
  [
    'but named when nothing else is there',
    linux,
    { PATH: '/a:/b' },
    'x',
    disk([], ['/b/x']),
    { kind: 'not executable', path: '/b/x' },
  ],
  ['nothing anywhere', linux, { PATH: '/a:/b' }, 'x', disk(['/c/x']), { kind: 'not found' }],
  ['a path is not searched for', linux, { PATH: '/a' }, './x', disk(['./x', '/a/x']), found('./x')],
  [
    'the current folder is never searched',
    linux,
    { PATH: ':.:bin' },
    'x',
    disk(['x', './x', 'bin/x']),
    { kind: 'not found' },
  ],
  ['an empty name is nothing', linux, { PATH: '/a' }, '', disk(['/a/', '/a']), { kind: 'not found' }],
  ['no PATH: the usual places', linux, {}, 'x', disk(['/usr/bin/x']), found('/usr/bin/x')],
  ['Windows adds endings', win32, { Path: 'C:\\a' }, 'x', disk(['C:\\a\\x.exe']), found('C:\\a\\x.exe')],
  [
    'in the order of PATHEXT',
    win32,
    { Path: 'C:\\a', PATHEXT: '.CMD;.EXE' },
    'x',
    disk(['C:\\a\\x.EXE', 'C:\\a\\x.CMD']),
    found('C:\\a\\x.CMD', true),
  ],
  [
    'a complete name is taken as it is',
    win32,
    { Path: 'C:\\a' },
    'x.exe',
    disk(['C:\\a\\x.exe']),
    found('C:\\a\\x.exe'),
  ],
  [
    'a batch file needs a shell',
    win32,
    { Path: 'C:\\a' },
    'x.bat',
    disk(['C:\\a\\x.bat']),
    found('C:\\a\\x.bat', true),
  ],
  ['a drive or backslash makes a path', win32, { Path: 'C:\\a' }, 'D:x', disk(['D:x.com']), found('D:x.com')],
  [
    'quotes in PATH are Windows quotes',
    win32,
    { Path: '"C:\\a b"' },
    'x',
    disk(['C:\\a b\\x.exe']),
    found('C:\\a b\\x.exe'),
  ],
] as const) {
  test(`${platform.name}: ${name}`, () => {
    expect(findExecutable(platform, env, command, probe)).toEqual(want)
  })
}

test('a folder is passed over in the search, and is not executable when it is named', () => {
  const probe: Probe = (path) => (path === '/bin/tool' ? 'folder' : 'missing')
  expect(findExecutable(platforms.linux, { PATH: '/bin' }, 'tool', probe).kind).toBe('not found')
  expect(findExecutable(platforms.linux, { PATH: '/bin' }, '/bin/tool', probe).kind).toBe('not executable')
})

test('the probe tells programs, plain files and folders apart', () => {
  const folder = freshFolder()
  writeFileSync(join(folder, 'run'), '')
  chmodSync(join(folder, 'run'), 0o755)
  mkdirSync(join(folder, 'folder'))
  expect(probeFile(join(folder, 'run'))).toBe('program')
  expect(probeFile(join(folder, 'folder'))).toBe('folder')
  expect(probeFile(join(folder, 'nothing'))).toBe('missing')
  writeFileSync(join(folder, 'plain'), '', { mode: 0o600 })
  expect(probeFile(join(folder, 'plain'))).toBe('plain')
})
