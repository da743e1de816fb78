// `npm run interop:hvac [-- --keep] [DIR]`: the suite of hvac, a client that we did not write, against the built server.
// DIR is a checkout of https://github.com/hvac/hvac that was fetched beside the project; where none is named it is looked
// for in the user's cache. Its tests are copied to a temporary folder and run as they are, with the Python packages that
// they need in a virtual environment in the cache. The exit status is 1 where anything differs from gaps.json.
//
// The suite starts whatever is called `vault`, so that is a script which starts ours. What it is told
// of the version makes it run its Enterprise tests too.

import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { removeTemporariesOnSignals, removeTemporary, temporaryFolder } from '../temporary.ts'
import { coreFiles } from './core-files.ts'
import { type Gap, judge } from './gaps.ts'
import { outcomesIn } from './junit.ts'

/** A newer `requests` breaks tests of the client itself. */
const packages = [
  'requests==2.31.0',
  'pyhcl==0.4.5',
  'pytest==9.2.0',
  'parameterized==0.9.0',
  'requests-mock==1.12.1',
  'jwcrypto==1.6.1',
  'authlib==1.9.9',
  'flask==3.1.3',
  'flask-sqlalchemy==3.1.1',
  'packaging==26.3',
  'semantic-version==2.10.0',
  'pytest-mock==3.17.0',
]

const { values, positionals } = parseArgs({
  options: { keep: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const say = (text: string) => void process.stdout.write(`${text}\n`)
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sentinel-gateway', 'interop')
const suite = resolve(positionals[0] ?? join(cache, 'hvac'))
removeTemporariesOnSignals()

if (!existsSync(join(suite, 'tests', 'integration_tests'))) {
  say(`hvac: skipped, its suite is not in ${suite}. Fetch it there, or name where it lies:`)
  say('  https://github.com/hvac/hvac')
  if (positionals.length > 0) process.exitCode = 1
} else {
  const folder = temporaryFolder('sentinel-hvac-')
  const xml = tested(folder)
  const { lines, wrong } = judge(xml === undefined ? new Map() : outcomesIn(xml), gapsListed())
  for (const line of lines) say(`${line}`)
  for (const each of wrong) say(`  WRONG ${each}`)
  if (wrong.length > 0) process.exitCode = 1
  if (values.keep) say(`what was run and what it wrote: ${folder}`)
  else removeTemporary(folder)
}

function gapsListed(): readonly Gap[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'gaps.json'), 'utf8')) as readonly Gap[]
}

/** Runs the suite. @returns what pytest wrote down; undefined where it did not begin */
function tested(folder: string): string | undefined {
  cpSync(suite, join(folder, 'hvac'), { recursive: true, filter: (path) => !path.endsWith('/.git') })
  renewCertificate(join(folder, 'hvac', 'tests', 'config_files'))
  const report = join(folder, 'report.xml')
  const files = coreFiles.map((file) => join('tests', 'integration_tests', file))
  const options = ['-o', 'addopts=', '-p', 'no:cacheprovider', '-q', '--tb=short', `--junitxml=${report}`]
  const { stdout } = spawnSync(python(), ['-m', 'pytest', ...options, ...files], {
    cwd: join(folder, 'hvac'),
    env: { ...withoutVault(), PATH: `${shim(folder)}${delimiter}${process.env.PATH}`, HOME: folder },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  writeFileSync(join(folder, 'pytest.log'), stdout)
  return existsSync(report) ? readFileSync(report, 'utf8') : undefined
}

/** A program called `vault` that is ours. Where it writes must not be a pipe that nobody reads. @returns its folder */
function shim(folder: string): string {
  const bin = join(folder, 'bin')
  const program = resolve(import.meta.dirname, '../../dist/sentinel.cjs')
  mkdirSync(bin)
  const lines = [
    '#!/bin/sh',
    'case "$1" in',
    "-version) echo 'Vault v1.17.6+ent (ours)' ;;",
    `server) exec '${process.execPath}' '${program}' "$@" >>'${join(folder, 'server.log')}' 2>&1 ;;`,
    `*) exec '${process.execPath}' '${program}' vault "$@" ;;`,
    'esac',
  ]
  writeFileSync(join(bin, 'vault'), `${lines.join('\n')}\n`)
  chmodSync(join(bin, 'vault'), 0o755)
  return bin
}

/** That of the suite ran out; the key stays. */
function renewCertificate(folder: string): void {
  const subject = '/C=US/ST=Missouri/L=Kansas City/O=HVAC/OU=Maintainers/CN=client'
  const [key, cert] = [join(folder, 'client-key.pem'), join(folder, 'client-cert.pem')]
  run('openssl', ['req', '-new', '-x509', '-key', key, '-days', '2', '-subj', subject, '-out', cert])
}

/** Python with what the suite needs, made once for each list of packages. */
function python(): string {
  const environment = join(cache, 'python')
  const program = join(environment, 'bin', 'python')
  const list = join(environment, 'packages')
  const wanted = packages.join('\n')
  if (existsSync(list) && readFileSync(list, 'utf8') === wanted) return program
  run('python3', ['-m', 'venv', '--clear', environment])
  run(program, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages])
  writeFileSync(list, wanted)
  return program
}

/** Of the developer's own server the suite learns nothing. */
function withoutVault(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VAULT_')))
}

function run(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${program} failed`, { cause: error })
}
