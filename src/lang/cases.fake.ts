// Conformance cases: lines of text, and what it means that one passes. See cases/README.md.

/** One case: where it comes from, statements before, an expression, and what it must come to. */
export type Case = {
  readonly name: string
  readonly origin: string
  readonly setup: string
  readonly expression: string
  readonly expected: string
}

/** The cases of a file. */
export function readCases(text: string): readonly Case[] {
  const lines = text.split('\n').filter((line) => /^[^#\s]/.test(line))
  return lines.map((line) => {
    const [origin = '', setup = '', expression = '', expected = ''] = line
      .split(/ \| ?| ?\| /)
      .map((part) => part.trim())
    return { name: `${setup} ${expression}`.trim(), origin, setup, expression, expected }
  })
}

/** What is wrong with an outcome, given whether it is listed as a gap; undefined when all is as it should be. */
export function complaint(one: Case, outcome: string, gap: string | undefined): string | undefined {
  if (!/^[DCO]$/.test(one.origin)) return `the origin is \`${one.origin}\`, not D, C or O`
  const passes = isAsExpected(one, outcome)
  if (gap !== undefined) return passes ? 'a listed gap passes: take it off gaps.json' : undefined
  return passes ? undefined : `expected ${one.expected}, got ${outcome}`
}

function isAsExpected({ expected }: Case, outcome: string): boolean {
  const [, kind, message = ''] = /^(error|static): (.*)$/.exec(expected) ?? []
  return kind === undefined
    ? outcome === expected
    : outcome.startsWith(`${kind}: `) && outcome.includes(message)
}
