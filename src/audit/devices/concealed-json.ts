// JSON in which nobody can read a value that was a string. The text is walked, not parsed: numbers stay as they were
// written, keys and the order of members too, and a secret that was read from the storage is not made into objects.
//
// INVARIANT: a character of the text reaches the result only as a part of a key, of a number, of a word of JSON, or of a
// value that a mount's settings name. What is no JSON at all is concealed as one string (spec/vault.md 11.5).

/** Hides a value. */
type Conceal = (value: string) => string

/**
 * A JSON text with each string value replaced.
 *
 * @param plainKeys members of the outermost object whose values are left as they are
 */
export function concealedJson(json: string, conceal: Conceal, plainKeys: readonly string[]): string {
  const walk = new Walk(json, conceal, plainKeys)
  for (let at = 0; at < json.length; ) {
    const end = endOfToken(json, at)
    if (end === undefined) return JSON.stringify(conceal(json))
    walk.take(at, end)
    at = end
  }
  return walk.done()
}

class Walk {
  private readonly json: string
  private readonly conceal: Conceal
  private readonly plainKeys: readonly string[]
  private readonly parts: string[] = []
  /** Up to here the text is in the parts. */
  private copied = 0
  private depth = 0
  private isPlain = false

  constructor(json: string, conceal: Conceal, plainKeys: readonly string[]) {
    this.json = json
    this.conceal = conceal
    this.plainKeys = plainKeys
  }

  take(at: number, end: number): void {
    switch (this.json[at]) {
      case '{':
      case '[':
        this.depth++
        return
      case '}':
      case ']':
        this.depth--
        return
      case '"':
        if (isKey(this.json, end)) this.key(at, end)
        else if (!this.isPlain) this.value(at, end)
    }
  }

  done(): string {
    return this.parts.join('') + this.json.slice(this.copied)
  }

  private key(at: number, end: number): void {
    if (this.depth === 1) this.isPlain = this.plainKeys.includes(textOf(this.json.slice(at, end)))
  }

  private value(at: number, end: number): void {
    const { json, conceal } = this
    this.parts.push(json.slice(this.copied, at), JSON.stringify(conceal(textOf(json.slice(at, end)))))
    this.copied = end
  }
}

const punctuation = new Set(' \t\n\r{}[],:')
const numeral = /-?\d[\d.eE+-]*/y
const words = ['true', 'false', 'null'] as const

/** Where the token that begins at a place ends; undefined where none begins there. */
function endOfToken(json: string, at: number): number | undefined {
  const first = json[at] ?? ''
  if (first === '"') return endOfString(json, at)
  if (punctuation.has(first)) return at + 1
  numeral.lastIndex = at
  if (numeral.test(json)) return numeral.lastIndex
  const word = words.find((each) => json.startsWith(each, at))
  return word === undefined ? undefined : at + word.length
}

/** No regular expression: a string may be 32 MiB long, and the stack of one is not. */
function endOfString(json: string, at: number): number | undefined {
  for (let quote = json.indexOf('"', at + 1); quote !== -1; quote = json.indexOf('"', quote + 1)) {
    let backslashes = 0
    while (json[quote - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return quote + 1
  }
  return undefined
}

function isKey(json: string, end: number): boolean {
  let next = end
  while (' \t\n\r'.includes(json[next] ?? '-')) next++
  return json[next] === ':'
}

const textOf = (quoted: string): string =>
  quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1)
