// How the keys are written, in their file or in a keyring.

import { isHex } from '../base/index.ts'

/** The keys as they are written. */
export type Content = {
  readonly id: string
  readonly seal: Buffer
  readonly cache: Buffer
  readonly log: Buffer
}

/** The text of the keys. */
export function contentToText({ id, seal, cache, log }: Content): string {
  const hex = (key: Buffer) => key.toString('hex')
  return `${JSON.stringify({ format: 1, id, seal: hex(seal), cache: hex(cache), log: hex(log) })}\n`
}

/** The content, if it is written exactly as contentToText writes it. */
export function textToContent(text: string): Content | undefined {
  try {
    const parsed = JSON.parse(text) as Readonly<Record<string, unknown>>
    const key = (name: string) => Buffer.from(String(parsed[name]), 'hex')
    const content = { id: String(parsed.id), seal: key('seal'), cache: key('cache'), log: key('log') }
    const isWhole = [content.seal, content.cache, content.log].every(({ length }) => length === 32)
    return isWhole && isHex(content.id, 16) && text === contentToText(content) ? content : undefined
  } catch {
    return undefined
  }
}
