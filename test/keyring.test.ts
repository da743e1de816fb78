// The keys in a real keyring: gnome-keyring on a D-Bus of its own, where they are installed (.ci/run installs them).

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { closingLine } from '../dev/closing-line.ts'

const programs = ['dbus-run-session', 'gnome-keyring-daemon', 'secret-tool']
const missing =
  process.platform === 'linux'
    ? programs.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)
    : programs
const sentinel = join(import.meta.dirname, '..', 'dist', 'sentinel.cjs')
if (missing.length > 0) closingLine(`keyring: 1 test skipped, without ${missing.join(', ')}`)

/** What each line of the script does is said behind it; each prints its exit status. */
const inSession = `
eval "$(printf %s a-password | gnome-keyring-daemon --unlock --components=secrets 2> daemon.err)"
step() { "$NODE" "$SENTINEL" "$@" > "out" 2>&1; echo "$* -> $? $(tr '\\n' ' ' < out)"; }
step log accept-clock
step log keys --to keyring
grep -c '"seal"' "$HOME/.local/state/sentinel/keys.json"
step log accept-clock
step log verify
step log keys
id=$(sed 's/.*"id":"\\([0-9a-f]*\\)".*/\\1/' "$HOME/.local/state/sentinel/keys.json")
secret-tool search service sentinel-gateway username "$id" 2>/dev/null | grep -c '"seal"'
echo no bus:
DBUS_SESSION_BUS_ADDRESS= step log accept-clock
step log keys --to file
step log verify
step log keys --to keyring
secret-tool clear service sentinel-gateway username "$id"
echo lost:
step log accept-clock
step log verify
`

test.skipIf(missing.length > 0)(
  'the keys move into a keyring and back, and nothing is decided without it',
  () => {
    const home = mkdtempSync(join(tmpdir(), 'sentinel-keyring-'))
    onTestFinished(() => rmSync(home, { recursive: true, force: true }))
    writeFileSync(join(home, 'script.sh'), inSession)
    chmodSync(home, 0o700)
    const env = { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: home, NODE: process.execPath }
    const ran = spawnSync('dbus-run-session', ['--', 'bash', 'script.sh'], {
      cwd: home,
      env: { ...env, SENTINEL: sentinel },
      encoding: 'utf8',
      timeout: 60_000,
    })
    const lines = ran.stdout.trimEnd().split('\n')
    const place = `${home}/.local/state/sentinel`
    expect(lines).toEqual([
      'log accept-clock -> 0 The log goes on with the time of this clock. ',
      expect.stringMatching(/^log keys --to keyring -> 0 Keys [0-9a-f]{16}: in the keyring; /),
      '0',
      'log accept-clock -> 0 The log goes on with the time of this clock. ',
      `log verify -> 0 ${place}/decisions.jsonl: the log is whole: 5 lines, 0 decisions `,
      expect.stringMatching(/^log keys -> 0 Keys [0-9a-f]{16}: in the keyring; /),
      '1',
      'no bus:',
      expect.stringMatching(/^log accept-clock -> 1 .*the keyring cannot be used: .*\[KEYRING_UNAVAILABLE\]/),
      expect.stringContaining(`-> 0 Keys`),
      `log verify -> 0 ${place}/decisions.jsonl: the log is whole: 7 lines, 0 decisions `,
      expect.stringContaining('-> 0 Keys'),
      'lost:',
      expect.stringMatching(/^log accept-clock -> 1 .*the keyring has no entry .*\[KEYRING_UNAVAILABLE\]/),
      expect.stringMatching(/^log verify -> 1 .*\[KEYRING_UNAVAILABLE\]/),
    ])
  },
)
