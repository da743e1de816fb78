/** What is asked of a text to compare it. A string is one. */
export type Characters = Pick<string, 'length' | 'charCodeAt'>

/** Whether two texts are the same; it takes as long wherever they differ, so that nobody learns how much was right. */
export function isSameText(known: Characters, given: Characters): boolean {
  if (known.length !== given.length) return false
  let difference = 0
  for (let at = 0; at < known.length; at++) difference |= known.charCodeAt(at) ^ given.charCodeAt(at)
  return difference === 0
}
