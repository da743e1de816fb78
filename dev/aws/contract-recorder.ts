// Keeps what passed over the wire in a contract run, so that botocore can check it: the request's parameters as
// the SDK was given them, and the reply as bytes. The two are matched by the request id.

import type { Clients } from './contract-driver.ts'
import type { Exchange } from './index.ts'

/** One exchange as dev/backends/botocore_check.py reads it. */
export type Recorded = {
  readonly service: string
  readonly operation: string
  readonly input: unknown
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Recorder = {
  /** Sees the service's side. */
  observe(exchange: Exchange): void
  /** Makes a client tell what it sends. */
  follow(client: Clients[keyof Clients]): void
  /** Exchanges of which both sides were seen. */
  recorded(): readonly Recorded[]
}

type Follower = (
  next: (args: { input: object }) => Promise<{ output: object }>,
) => (args: { input: object }) => Promise<{ output: object }>

/** The part of the clients' middleware stacks, of five types, that is the same in all. */
type Stack = { add(follower: Follower, options: { readonly step: 'initialize' }): void }

/** An exchange as botocore reads it, with what the client was given. */
export function recordOf({ service, action, reply }: Exchange, input: unknown): Recorded {
  const { status, headers, body } = reply
  return { service, operation: action, input, status, headers, body }
}

/** Starts with nothing recorded. */
export function newRecorder(): Recorder {
  const replies = new Map<string, Exchange>()
  const inputs = new Map<string, unknown>()
  const keep = (answered: unknown, input: object) => {
    const { requestId } = (answered as { $metadata?: { requestId?: string } }).$metadata ?? {}
    if (requestId !== undefined) inputs.set(requestId, input)
  }
  const follower: Follower = (next) => async (args) => {
    try {
      const answered = await next(args)
      keep(answered.output, args.input)
      return answered
    } catch (thrown) {
      keep(thrown, args.input)
      throw thrown
    }
  }
  return {
    observe(exchange) {
      replies.set(exchange.reply.headers['x-amzn-requestid'] ?? '', exchange)
    },
    follow(client) {
      const stack = client.middlewareStack as unknown as Stack
      stack.add(follower, { step: 'initialize' })
    },
    recorded: () =>
      [...inputs].flatMap(([requestId, input]) => {
        const exchange = replies.get(requestId)
        if (exchange === undefined) return []
        return [recordOf(exchange, input)]
      }),
  }
}
