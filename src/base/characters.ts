// Simple questions to short texts without regular expressions: the first use of each costs a five-hundredth of an empty
// program's whole life, and a warm call would ask twenty.

export const digits = '0123456789'
export const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Whether a text has no other characters than these, which are ASCII. */
export function consistsOf(text: string, characters: string): boolean {
  for (let at = 0; at < text.length; at++) if (!characters.includes(text.charAt(at))) return false
  return true
}

/** Whether a text is so many lower-case hexadecimal digits. */
export function isHex(text: string, length: number): boolean {
  return text.length === length && consistsOf(text, '0123456789abcdef')
}
