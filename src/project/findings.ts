// Everything that is to be said about a configuration, whoever finds it. INVARIANT: whatever reads a configuration says
// it here, and nowhere else is anything kept: a hostile file has a million mistakes, and each takes a line and a drawing.

import type { Finding } from './files.ts'

/** How many errors are told, and how many warnings: who has a hundred needs no more. */
export const mostFindings = 100

/** Findings, as many as are told. */
export class Findings {
  readonly all: Finding[] = []
  private readonly told = { error: 0, warning: 0 }

  /** Whether there are as many errors as are told: then nothing more need be looked at. */
  get isFull(): boolean {
    return this.told.error >= mostFindings
  }

  /** Takes as many as there is room for; of what is found bit by bit no more is looked for then. */
  add(found: Iterable<Finding>): void {
    for (const finding of found) {
      if (this.isFull) return
      const { severity } = finding.diagnostic
      if (this.told[severity] < mostFindings) this.all.push(finding)
      this.told[severity]++
    }
  }
}
