// The messages that a policy can end with, read from the sources of the engine.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A message of the engine's: as it stands in the source, and what it looks like when it is said. */
export type Message = { readonly text: string; readonly pattern: RegExp }

/** Stands for what is put into a message. */
export const hole = '\u0000'
const folders = ['imports', 'run', 'values']

/** Every message that a policy can end with, from the sources of the engine. */
export function messagesOf(root: string): readonly Message[] {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, 'src', 'lang', folder))
      .filter((name) => /^[\w-]+\.ts$/.test(name))
      .map((name) => join(root, 'src', 'lang', folder, name)),
  )
  const texts = new Set(files.flatMap((file) => messagesIn(readFileSync(file, 'utf8'))))
  return [...texts].sort().map((text) => ({ text, pattern: patternOf(text) }))
}

/** The texts that `fail(…)` and the meter's `exceed(…)` are given. Those that only pass on what they got are none. */
export function messagesIn(source: string): readonly string[] {
  return [...source.matchAll(/\b(?:fail|exceed)\(\s*(?=['"`])/g)]
    .map(({ index, 0: head }) => literalAt(source, index + head.length))
    .filter((text) => /[a-z]{3}/.test(text))
}

/** The text of the literal that begins at an offset; what is put into a template is a hole. */
function literalAt(source: string, start: number): string {
  const quote = source[start] ?? ''
  let text = ''
  for (let at = start + 1; at < source.length && source[at] !== quote; at++) {
    if (source.startsWith('${', at)) {
      at = endOfInsertion(source, at + 2)
      text += hole
    } else if (source[at] === '\\') text += source[++at] ?? ''
    else text += source[at]
  }
  return text
}

function endOfInsertion(source: string, from: number): number {
  let depth = 1
  let at = from
  for (; depth > 0 && at < source.length; at++) {
    if (source[at] === '{') depth++
    if (source[at] === '}') depth--
  }
  return at - 1
}

/** A message without what differs from one policy to the next. */
export const withoutDetails = (message: string): string =>
  message
    .replace(/`[^`]*`/g, '`…`')
    .replace(/-?\d+/g, 'N')
    .slice(0, 200)

const patternOf = (text: string) =>
  new RegExp(
    `^(?:error calling function "[^"]*": )?${withoutDetails(text)
      .split(hole)
      .map((part) => part.replace(/[.*+?^$()[\]{}|\\]/g, '\\$&'))
      .join('[^]*')}$`,
  )
