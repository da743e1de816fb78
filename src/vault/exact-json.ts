// JSON as whoever prints it needs it: a number that a double would change is printed as it came. Such a number travels as
// a text that begins with a character which no server's text begins with by accident.

const mark = '\u0000number:'
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g
const marked = /"\\u0000number:(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)"/g

/** Reads JSON. @throws SyntaxError */
export function exactParse(text: string): unknown {
  return JSON.parse(
    text.replace(tokens, (token) =>
      token.startsWith('"') || String(Number(token)) === token ? token : JSON.stringify(mark + token),
    ),
  )
}

/** Writes what {@link exactParse} read. */
export const exactStringify = (value: unknown, indent = 2): string =>
  (JSON.stringify(value, null, indent) ?? 'null').replace(marked, '$1')

/** One value as a person, or another program, wants it: a text as it is, all else as JSON. */
export function valueText(value: unknown): string {
  if (typeof value !== 'string') return exactStringify(value, 0)
  return value.startsWith(mark) ? value.slice(mark.length) : value
}
