// Text from outside is logged whole and shown stripped: a user name or a rule's reason must not move the
// cursor, hide a line or turn the direction of writing on somebody's terminal.

// Made when they are needed: only to load one with `\p` takes a thirtieth of the time that an empty program takes.
const unsafe = () => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
const [esc, bell] = ['\\u001b', '\\u0007']
// ECMA-48 5.4: CSI sequences; operating system commands up to BEL or ST; two-character escapes. A command that
// never ends loses its beginning only, so that it cannot hide the rest of the text.
const ansi = () =>
  new RegExp(`${esc}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${bell}${esc}]*(?:${bell}|${esc}\\\\)|[@-Z\\\\-_])`, 'g')

/** The text on one line without escape sequences, control characters and invisible or direction-turning ones. */
export function printable(text: string): string {
  return text
    .replace(ansi(), '')
    .replace(/[\r\n\t]+/g, ' ')
    .replace(unsafe(), '')
}

/**
 * A value as JSON whose text cannot lead a terminal either: what JSON leaves as it is and a terminal or reader would
 * obey (C1 controls, invisible and direction-turning characters) is escaped. The value stays the same.
 *
 * @param indent spaces for people to read; none by default
 */
export function visibleJson(value: unknown, indent?: number): string {
  return visible(JSON.stringify(value, null, indent))
}

/** JSON as JSON.stringify writes it, made so that it cannot lead a terminal. */
export function visible(json: string): string {
  // Nearly always it is plain ASCII: then the costly expression is not even made.
  if (Buffer.byteLength(json) === json.length && !json.includes('\u007f')) return json
  // Piece by piece: a replacement keeps all of its matches, which may be millions.
  const pieces: string[] = []
  for (let at = 0; at < json.length; ) {
    const end = at + pieceLength
    // No pair of surrogates is cut.
    const isCut = (json.codePointAt(end - 1) ?? 0) > 0xffff
    const piece = json.slice(at, isCut ? end + 1 : end)
    pieces.push(piece.replace(hidden(), (text) => text.replace(/[\s\S]/g, escaped)))
    at += piece.length
  }
  return pieces.join('')
}

const pieceLength = 65_536

const hidden = () => /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu
const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
