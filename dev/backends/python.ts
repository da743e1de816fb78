// Independent AWS parts written in Python: found where they are installed, started as processes of our own.
// dev/backends/requirements.txt names the versions, dev/backends/install.sh puts them there.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'

const interpreters = process.platform === 'win32' ? ['python', 'py'] : ['python3', 'python']

const probe = `import importlib.util as u, sys
print(sys.executable)
sys.exit(any(u.find_spec(m) is None for m in sys.argv[1:]))`

/**
 * The first Python that can import all these modules; undefined when there is none. It is named by its own file: what
 * lies on the PATH may be a script that looks for it at each start.
 */
export function pythonWith(...modules: readonly string[]): string | undefined {
  for (const python of interpreters) {
    const { status, stdout } = spawnSync(python, ['-c', probe, ...modules], { encoding: 'utf8' })
    if (status === 0) return stdout.trim()
  }
  return undefined
}

/** Runs a Python script with text on its standard input. */
export function runPython(
  python: string,
  script: string,
  input: string,
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(python, [script], {
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  return { status, stdout, stderr }
}

export type Moto = {
  readonly url: string
  /** Forgets everything that was made in it. */
  reset(): Promise<void>
  close(): Promise<void>
}

/** Starts a moto server on a free loopback port. */
export async function startMoto(python: string): Promise<Moto> {
  const child = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  const url = await announcedUrl(child)
  return {
    url,
    reset: async () => {
      await fetch(`${url}/moto-api/reset`, { method: 'POST' })
    },
    close: async () => {
      child.kill()
      await ended
    },
  }
}

/** The server says where it listens once it does. */
function announcedUrl(child: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    let said = ''
    const listen = (chunk: Buffer) => {
      said += chunk.toString('utf8')
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
      if (url !== undefined) found(url)
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.once('error', failed)
    child.once('exit', (code) => failed(new Error(`moto ended with ${code}: ${said}`)))
  })
}
