// `exec --server` as a process, with a client behind it that asks when it is told to.

import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

/** What the endpoint said to a client. */
export type Said = { readonly code: string; readonly key?: string; readonly session?: string }

/** `exec --server` with a client behind it. */
export type Server = {
  ask(): Promise<Said>
  hasEnded(): boolean
  /** Lets the client end, and gives the server's status. */
  end(): Promise<number | undefined>
  kill(): void
}

// The client is a child of the server and outlives it when that is killed: it ends when nobody asks it any more.
/** Speaks with the client of such a process. */
export function openServer(child: ChildProcess): Server {
  const { stdin, stdout, stderr } = child
  if (stdin === null || stdout === null || stderr === null) throw new Error('a server without pipes')
  stdin.on('error', () => {})
  let complaints = ''
  stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text
  })
  let hasEnded = false
  const ended = new Promise<number | undefined>((resolve) =>
    child.once('exit', (code) => {
      hasEnded = true
      resolve(code ?? undefined)
    }),
  )
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  return {
    async ask() {
      if (stdin.writable) stdin.write('\n')
      const { value, done } = await lines.next()
      return done === true ? { code: `ENDED ${complaints}` } : (JSON.parse(value) as Said)
    },
    hasEnded: () => hasEnded,
    end() {
      stdin.end()
      return ended
    },
    kill() {
      child.kill('SIGKILL')
      stdin.end()
    },
  }
}
