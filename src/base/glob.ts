/**
 * Whether the whole text matches a glob in which `*` stands for any run of characters and `?` for one.
 * Linear in practice and never worse than pattern times text: only the last `*` is ever retried.
 *
 * @param stop a character that neither `*` nor `?` may match, such as `/`; none by default
 */
export function globMatches(pattern: string, text: string, stop?: string): boolean {
  const glob = [...pattern]
  const chars = [...text]
  let [g, t, star, resume] = [0, 0, -1, 0]
  while (t < chars.length) {
    const want = glob[g]
    const wild = want === '*' || want === '?'
    if (want === '*') {
      star = g++
      resume = t
    } else if (wild ? chars[t] !== stop : want === chars[t]) {
      g++
      t++
    } else if (star >= 0 && chars[resume] !== stop) {
      g = star + 1
      t = ++resume
    } else {
      return false
    }
  }
  while (glob[g] === '*') g++
  return g === glob.length
}
