// Canonical files, re-spaced at random: indentation, alignment, runs of blank lines, trailing blanks. The formatter
// must give back each byte for byte.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { format } from '../../src/lang/index.ts'
import { lex } from '../../src/lang/syntax/lexer.ts'
import { Dice } from './dice.ts'

/** Re-spaces every canonical file below some folders; whether all came back. */
export function respace(folders: readonly string[], seed: number, say: (text: string) => void): boolean {
  const files = folders.flatMap(sourcesBelow)
  let [canonical, broken] = [0, 0]
  for (const [at, file] of files.entries()) {
    const text = readFileSync(file, 'utf8')
    if (formatted(file, text) !== text) continue
    canonical++
    const odd = fc.sample(new Respaced(text), { seed: seed + at, numRuns: 2 })
    const bad = odd.find((one) => formatted(file, one) !== text)
    if (bad === undefined) continue
    broken++
    say(`NOT THE SAME: ${file}\n${firstDifference(text, formatted(file, bad) ?? '')}`)
  }
  say(
    `${files.length} files, ${canonical} canonical, ${canonical - broken} came back, ${broken} did not, seed ${seed}`,
  )
  return broken === 0 && canonical > 0
}

function sourcesBelow(folder: string): readonly string[] {
  if (statSync(folder).isFile()) return [folder]
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.sentinel'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function formatted(name: string, text: string): string | undefined {
  const result = format({ name, text })
  return result.kind === 'formatted' ? result.text : undefined
}

function firstDifference(wanted: string, got: string): string {
  const [a, b] = [wanted.split('\n'), got.split('\n')]
  const at = a.findIndex((line, index) => line !== b[index])
  return `line ${at + 1}\n  wanted ${JSON.stringify(a[at])}\n  got    ${JSON.stringify(b[at])}`
}

/** One text in other spacing. */
export class Respaced extends fc.Arbitrary<string> {
  private readonly text: string

  constructor(text: string) {
    super()
    this.text = text
  }

  override generate(random: fc.Random): fc.Value<string> {
    return new fc.Value(respaced(this.text, new Dice(random)), undefined)
  }

  override canShrinkWithoutContext(value: unknown): value is string {
    return typeof value === 'string'
  }

  override shrink(): fc.Stream<fc.Value<string>> {
    return fc.Stream.nil()
  }
}

/** The same tokens and comments with other blanks between them; lines stay lines. */
function respaced(text: string, dice: Dice): string {
  const { starts, ends, kinds, comments } = lex(text)
  const tokens = [...kinds].flatMap((_, at) => [{ start: starts[at] ?? 0, end: ends[at] ?? 0 }])
  const all = [...tokens.filter(({ start, end }) => end > start), ...comments].sort(
    (a, b) => a.start - b.start,
  )
  let [made, done] = ['', 0]
  for (const { start, end } of all) {
    made += gap(text.slice(done, start), dice) + text.slice(start, end)
    done = end
  }
  return made + gap(text.slice(done), dice)
}

const blank = (dice: Dice, least: number) => dice.some(least, 3, () => dice.pick([' ', ' ', '\t'])).join('')

/** Other blanks in the place of some: as many line breaks, but that one empty line may be several. */
function gap(old: string, dice: Dice): string {
  const breaks = old.split('\n').length - 1
  if (breaks === 0) return blank(dice, old === '' ? 0 : 1)
  const lines = breaks > 1 ? 2 + dice.below(3) : 1
  return `${Array.from({ length: lines }, () => blank(dice, 0)).join('\n')}\n${blank(dice, 0)}`
}
