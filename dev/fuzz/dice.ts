import type { Random } from 'fast-check'

/** All that a made-up program leaves to chance, from fast-check's generator: the same seed gives the same program. */
export class Dice {
  private readonly random: Random

  constructor(random: Random) {
    this.random = random
  }

  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    return this.random.nextInt(0, count - 1)
  }

  /** Whether something happens that happens so often in a thousand times. */
  chance(inThousand: number): boolean {
    return this.below(1000) < inThousand
  }

  pick<T>(options: readonly T[]): T {
    return options[this.below(options.length)] as T
  }

  /** One of several, each as likely as its weight; zero is never. */
  weighted<T>(options: readonly (readonly [number, T])[]): T {
    let rest = this.below(options.reduce((sum, [weight]) => sum + weight, 0))
    const found = options.find(([weight]) => {
      rest -= weight
      return rest < 0
    })
    return (found ?? options[0])?.[1] as T
  }

  /** So many of what `make` makes. */
  some<T>(least: number, most: number, make: (at: number) => T): readonly T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, (_, at) => make(at))
  }
}
