// Runs a profile's `credential_process`, as AWS documents it: no shell, JSON version 1 on stdout.
// The process may be another tool that in the end calls Sentinel again for the same profile. One call deep is
// enough to see that, so the marker in the environment stops the second process before it starts (W19, W45).

import { spawn } from 'node:child_process'
import type { AwsCredentials, Env } from '../aws/index.ts'
import { printable, Secret, SentinelError } from '../base/index.ts'
import { findExecutable, probeFile } from '../machine/index.ts'
import type { CredentialsDeps } from './deps.ts'
import { notExpired } from './expiry.ts'
import type { Base } from './sources.ts'
import { splitWords } from './words.ts'

type ProcessBase = Extract<Base, { kind: 'process' }>

/** How many `credential_process`es of Sentinel this process runs under. */
export const depthVariable = 'SENTINEL_CREDENTIAL_PROCESS_DEPTH'

/** Time enough for a login in a browser, and an end for a process that hangs. */
const patienceMs = 120_000
const maxOutputBytes = 1024 * 1024

type Ended = { readonly status: string; readonly stdout: string; readonly stderr: string }

export async function processCredentials(
  deps: CredentialsDeps,
  base: ProcessBase,
  target: string,
  timeoutMs: number = patienceMs,
): Promise<AwsCredentials> {
  refuseRecursion(deps, base, target)
  const ended = await run(deps, base, timeoutMs)
  if (ended.status !== '') throw failed(base, ended.status, ended.stderr)
  const credentials = parseOutput(base, ended)
  return notExpired(deps.machine.clock.now(), credentials, '`credential_process`')
}

function refuseRecursion(deps: CredentialsDeps, base: ProcessBase, target: string): void {
  const depth = Number(deps.env[depthVariable] ?? 0)
  const words = wordsOf(deps, base)
  if (depth < 1 && !callsSentinelFor(words, [target, base.profile])) return
  const name = printable(base.profile)
  throw new SentinelError(
    'CREDENTIAL_PROCESS_RECURSION',
    `the \`credential_process\` of profile \`${name}\` ends up calling sentinel for it again`,
    {
      hint: `let it name another profile, one with its own source of credentials: the profile that programs use and the one that sentinel resolves must differ`,
    },
  )
}

/** Whether a command line is `sentinel credentials` for one of these profiles. */
function callsSentinelFor(words: readonly string[], profiles: readonly string[]): boolean {
  const command = words.indexOf('credentials')
  const ours = words.slice(0, Math.max(command, 0)).some((word) => /(^|[\\/])sentinel[^\\/]*$/i.test(word))
  if (!ours) return false
  const named = words.flatMap((word, at) =>
    word === '--profile' ? [words[at + 1]] : word.startsWith('--profile=') ? [word.slice(10)] : [],
  )
  return named.some((name) => name !== undefined && profiles.includes(name))
}

function wordsOf({ machine }: CredentialsDeps, base: ProcessBase): readonly string[] {
  const words = splitWords(base.command, machine.platform.quoting)
  if (words !== undefined && words.length > 0) return words
  throw new SentinelError(
    'CONFIG_INVALID',
    `the \`credential_process\` of profile \`${printable(base.profile)}\` has an open quote`,
  )
}

function run(deps: CredentialsDeps, base: ProcessBase, timeoutMs: number): Promise<Ended> {
  const [name = '', ...args] = wordsOf(deps, base)
  const program = findExecutable(deps.machine.platform, deps.env, name, probeFile)
  if (program.kind !== 'found') throw failed(base, `\`${printable(name)}\` is ${program.kind}`, '')
  const options = { env: childEnv(deps.env), stdio: ['ignore', 'pipe', 'pipe'] as const, windowsHide: true }
  const child = program.needsShell
    ? spawn(base.command, { ...options, stdio: [...options.stdio], shell: true })
    : spawn(program.path, args, { ...options, stdio: [...options.stdio] })
  return new Promise((resolve, reject) => {
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
    let stopped = ''
    const stop = (why: string) => {
      stopped = why
      child.kill('SIGKILL')
      // A grandchild may hold the pipes open.
      child.stdout.destroy()
      child.stderr.destroy()
    }
    const timer = setTimeout(() => stop(`it did not end within ${Math.round(timeoutMs / 1000)} s`), timeoutMs)
    const cancel = () => stop('cancelled')
    deps.signal.addEventListener('abort', cancel, { once: true })
    const finish = (settle: () => void) => {
      clearTimeout(timer)
      deps.signal.removeEventListener('abort', cancel)
      settle()
    }
    child.once('error', (cause: NodeJS.ErrnoException) =>
      finish(() => reject(failed(base, `it cannot be started (${cause.code ?? cause.message})`, ''))),
    )
    child.once('close', (code, signal) =>
      finish(() => {
        if (stopped === 'cancelled') {
          reject(new SentinelError('CANCELLED', '`credential_process` was cancelled'))
          return
        }
        const ending = code === 0 ? '' : signal === null ? `exit status ${code}` : `signal ${signal}`
        resolve({ status: stopped || ending, stdout: stdout(), stderr: stderr() })
      }),
    )
    if (deps.signal.aborted) cancel()
  })
}

function childEnv(env: Env): Record<string, string> {
  const kept = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return { ...Object.fromEntries(kept), [depthVariable]: String(Number(env[depthVariable] ?? 0) + 1) }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= maxOutputBytes) chunks.push(chunk)
  })
  return () => Buffer.concat(chunks).toString()
}

function failed(base: ProcessBase, why: string, stderr: string): SentinelError {
  const words = withoutSecrets(printable(stderr).trim())
  const said = words.length > 300 ? `${words.slice(0, 300)}…` : words
  const name = printable(base.profile)
  return new SentinelError(
    'CREDENTIAL_PROCESS_FAILED',
    `the \`credential_process\` of profile \`${name}\` failed: ${why}`,
    // For the person, not for the log: nobody knows what a foreign program says.
    { details: said === '' ? [] : [`  it said: ${said}`], hint: 'run it by hand and look at what it prints' },
  )
}

// Keys, tokens and passwords look like this; so may a path, which is then the smaller loss.
const withoutSecrets = (text: string) =>
  text
    .replace(/((?:secret|token|password|passphrase)\w*["']?\s*[:=]\s*["']?)[^\s"',}]+/gi, '$1[…]')
    .replace(/[A-Za-z0-9/+=_-]{30,}/g, '[…]')

// What it printed is a secret, or was meant to be: errors say what is wrong with it and never quote it.
function parseOutput(base: ProcessBase, { stdout, stderr }: Ended): AwsCredentials {
  const wrong = (why: string) => failed(base, why, stderr)
  const output = parseObject(stdout)
  if (output === undefined) throw wrong('it printed no JSON object')
  const text = (name: string): string | undefined => {
    const value = output.get(name)
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value !== 'string') throw wrong(`\`${name}\` is not a text`)
    return value
  }
  if (output.get('Version') !== 1) throw wrong('`Version` is not 1')
  const [id, secret, token] = [text('AccessKeyId'), text('SecretAccessKey'), text('SessionToken')]
  const [expiration, accountId] = [text('Expiration'), text('AccountId')]
  if (id === undefined || secret === undefined) throw wrong('`AccessKeyId` or `SecretAccessKey` is missing')
  const expiresAtMs = expiration === undefined ? undefined : Date.parse(expiration)
  if (Number.isNaN(expiresAtMs)) throw wrong('`Expiration` is not a time')
  return {
    accessKeyId: id,
    secretAccessKey: new Secret(secret),
    ...(token === undefined ? {} : { sessionToken: new Secret(token) }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    ...(accountId === undefined ? {} : { accountId }),
  }
}

function parseObject(text: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? new Map(Object.entries(value)) : undefined
  } catch {
    return undefined
  }
}
