// Writing in groups: what is recorded in one turn of the event loop, and all that comes while a write is under way, goes
// out in one write. A device whose write does not end in time has failed, and so does all that waits for it until then.

import { SentinelError } from '../../base/index.ts'
import type { Wait } from '../../machine/index.ts'

/** Where the lines of a device go. One call at a time. */
export type Target = {
  /** Called after a pause, and when there is nothing to write: its file may have been moved meanwhile. */
  look(): Promise<void>
  /** Writes all. When this returns, it is written as durably as was asked for. */
  put(bytes: Buffer): Promise<void>
  /** For good, and never rejects. Of a call that is under way, nothing more is done than what was begun. */
  close(): Promise<void>
}

/** Milliseconds that a write may take. */
export const timeLimitMs = 5_000

export type GroupsDeps = {
  readonly wait: Pick<Wait, 'after'>
  /** Told of each group that was written, or failed. */
  ended(failure: { readonly cause: unknown } | undefined): void
}

/** What goes out together, and the one promise of all who wait for it. */
type Group = {
  readonly texts: string[]
  readonly done: Promise<void>
  written(): void
  failed(cause: unknown): void
}

/** Writes texts to a target. */
export class Groups {
  private readonly deps: GroupsDeps
  private readonly target: Target
  private next: Group | undefined
  private state: 'idle' | 'writing' | 'stuck' = 'idle'
  private running: Promise<unknown> = Promise.resolve()

  constructor(deps: GroupsDeps, target: Target) {
    this.deps = deps
    this.target = target
  }

  /** Ends when the text is written. Rejects with whatever kept it from being. With no text, the target looks. */
  write(text: string): Promise<void> {
    if (this.state === 'stuck') return Promise.reject(tooSlow())
    this.next ??= this.begun()
    this.next.texts.push(text)
    return this.next.done
  }

  /** What was taken before is written, then the target is closed. What does not end in time is not waited for. */
  async close(): Promise<void> {
    await this.write('').catch(() => undefined)
    const closed = this.target.close()
    this.running = Promise.all([this.running, closed])
    if (this.state === 'stuck') return
    await new Promise<void>((resolve) => {
      const forget = this.deps.wait.after(timeLimitMs, resolve)
      void closed.then(forget).then(resolve)
    })
  }

  /** Ends when nothing is under way any more, also of what nobody waited for. */
  async ended(): Promise<void> {
    await this.running
  }

  private begun(): Group {
    if (this.state === 'idle') {
      this.state = 'writing'
      this.running = new Promise((resolve) => setImmediate(() => resolve(this.run())))
    }
    return group(this.deps)
  }

  private async run(): Promise<void> {
    for (let isFirst = true; this.next !== undefined; isFirst = false) {
      const { next } = this
      this.next = undefined
      const forget = this.deps.wait.after(timeLimitMs, () => this.giveUp(next))
      try {
        const text = next.texts.join('')
        if (isFirst || text === '') await this.target.look()
        if (text !== '') await this.target.put(Buffer.from(text))
        next.written()
      } catch (thrown) {
        next.failed(thrown)
      }
      forget()
    }
    this.state = 'idle'
  }

  /** The write goes on, and nothing else may be written before it has ended. */
  private giveUp(group: Group): void {
    this.state = 'stuck'
    group.failed(tooSlow())
    this.next?.failed(tooSlow())
    this.next = undefined
  }
}

const tooSlow = () =>
  new SentinelError('AUDIT_FAILED', `a write did not end within ${timeLimitMs / 1000} seconds`)

function group({ ended }: GroupsDeps): Group {
  let settle: Pick<Group, 'written' | 'failed'> | undefined
  const done = new Promise<void>((resolve, reject) => {
    settle = { written: resolve, failed: reject }
  })
  // Whoever waits hears of a failure; that nobody does is none.
  done.then(
    () => ended(undefined),
    (cause: unknown) => ended({ cause }),
  )
  return { texts: [], done, written: () => settle?.written(), failed: (cause) => settle?.failed(cause) }
}
