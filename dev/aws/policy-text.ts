// The text of a policy document. Sources, IAM User Guide: "Grammar of the IAM JSON policy language"
// (reference_policies_grammar) for a key that stands twice, "IAM and AWS STS quotas" (reference_iam-quotas) for the
// signs and the length.

/** Reads the text of a document; undefined when it is no JSON, or a block of it has a key twice. */
export function parsedPolicy(text: string): unknown {
  try {
    const document: unknown = JSON.parse(text)
    return hasKeyTwice(text) ? undefined : document
  } catch {
    return undefined
  }
}

/** Whether a document is longer than a quota, which does not count white space. */
export function isLonger(document: unknown, most: number): boolean {
  return (JSON.stringify(document)?.length ?? 0) > most
}

/** reference_iam-quotas: tab, line feed, carriage return, and U+0020 to U+00FF. */
export function hasForbiddenSigns(document: unknown): boolean {
  const text = typeof document === 'string' ? document : (JSON.stringify(document) ?? '')
  return /[^\t\n\r -\u00ff]/.test(text)
}

const tokens = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g

/** In JSON that parses: a text before a colon is a key of the innermost block. */
function hasKeyTwice(text: string): boolean {
  const blocks: Set<unknown>[] = []
  for (const [token, colon] of text.matchAll(tokens)) {
    if (token === '{') blocks.push(new Set())
    else if (token === '}') blocks.pop()
    else if (colon !== undefined) {
      const key: unknown = JSON.parse(token.slice(0, -colon.length))
      if (blocks.at(-1)?.has(key) === true) return true
      blocks.at(-1)?.add(key)
    }
  }
  return false
}
