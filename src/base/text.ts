// Text from outside is logged whole and shown stripped: a user name or a rule's reason must not move the
// cursor, hide a line or turn the direction of writing on somebody's terminal.

const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
const [esc, bell] = ['\\u001b', '\\u0007']
// ECMA-48 5.4: CSI sequences; operating system commands up to BEL or ST; two-character escapes. A command that
// never ends loses its beginning only, so that it cannot hide the rest of the text.
const ansi = new RegExp(
  `${esc}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${bell}${esc}]*(?:${bell}|${esc}\\\\)|[@-Z\\\\-_])`,
  'g',
)

/** The text on one line without escape sequences, control characters and invisible or direction-turning ones. */
export function printable(text: string): string {
  return text
    .replace(ansi, '')
    .replace(/[\r\n\t]+/g, ' ')
    .replace(unsafe, '')
}
