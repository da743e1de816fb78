// What ends when: a heap by time. A name whose end moved away is not looked for in the heap; it comes up at the old time,
// and whoever takes it looks at the truth and puts it back.

type Deadline = { readonly atMs: number; readonly name: string }

/** Names, and when each is to be looked at. */
export class Deadlines {
  private readonly heap: Deadline[] = []
  private readonly earliest = new Map<string, number>()

  /** Looks at a name at this time, or earlier where that was asked for before. */
  set(name: string, atMs: number): void {
    if ((this.earliest.get(name) ?? Number.POSITIVE_INFINITY) <= atMs) return
    this.earliest.set(name, atMs)
    this.heap.push({ atMs, name })
    this.rise(this.heap.length - 1)
  }

  /** Takes one name whose time has come. */
  take(nowMs: number): string | undefined {
    for (;;) {
      const top = this.heap[0]
      if (top === undefined || top.atMs > nowMs) return undefined
      this.removeTop()
      if (this.earliest.get(top.name) !== top.atMs) continue
      this.earliest.delete(top.name)
      return top.name
    }
  }

  private removeTop(): void {
    const last = this.heap.pop()
    if (last === undefined || this.heap.length === 0) return
    this.heap[0] = last
    this.sink(0)
  }

  private rise(at: number): void {
    for (let child = at; child > 0; ) {
      const parent = (child - 1) >> 1
      if (this.time(parent) <= this.time(child)) return
      this.swap(parent, child)
      child = parent
    }
  }

  private sink(at: number): void {
    for (let parent = at; ; ) {
      const [left, right] = [2 * parent + 1, 2 * parent + 2]
      const child = this.time(right) < this.time(left) ? right : left
      if (this.time(parent) <= this.time(child)) return
      this.swap(parent, child)
      parent = child
    }
  }

  private time(at: number): number {
    return this.heap[at]?.atMs ?? Number.POSITIVE_INFINITY
  }

  private swap(a: number, b: number): void {
    const [first, second] = [this.heap[a], this.heap[b]]
    if (first === undefined || second === undefined) return
    this.heap[a] = second
    this.heap[b] = first
  }
}
