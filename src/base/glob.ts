/**
 * Whether the whole text matches a glob in which `*` stands for any run of characters and `?` for one (a code
 * point, not half of one). Takes at most about pattern times text steps: only the last `*` is ever retried, because
 * an earlier one cannot do better by taking more, nor by reaching over `stop`. That is linear in the text for patterns
 * of bounded length, such as an access policy's (256 characters); callers with other patterns must bound them.
 *
 * @param stop a character that neither `*` nor `?` may match, such as `/`; none by default
 */
export function globMatches(pattern: string, text: string, stop?: string): boolean {
  if (!isGlob(pattern)) return pattern === text
  const barrier = stop?.codePointAt(0)
  let [p, t, star, resume] = [0, 0, -1, 0]
  while (t < text.length) {
    const want = pattern.codePointAt(p)
    const have = text.codePointAt(t)
    if (want === asterisk) {
      star = ++p
      resume = t
    } else if (want === questionMark ? have !== barrier : want === have) {
      p += width(want)
      t += width(have)
    } else if (star >= 0 && text.codePointAt(resume) !== barrier) {
      p = star
      resume += width(text.codePointAt(resume))
      t = resume
    } else {
      return false
    }
  }
  while (pattern.codePointAt(p) === asterisk) p++
  return p === pattern.length
}

const [asterisk, questionMark] = [0x2a, 0x3f]

const isGlob = (pattern: string) => pattern.includes('*') || pattern.includes('?')

/** How many UTF-16 code units a code point takes. */
const width = (point: number | undefined) => (point !== undefined && point > 0xffff ? 2 : 1)
