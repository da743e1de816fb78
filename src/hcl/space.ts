// What stands between the things of HCL: blanks, comments, and items that cannot be read.

import { maxDepth, type Scanner } from './scanner.ts'

const blank = /[ \t\r]+/y
const blankOrBreak = /[ \t\r\n]+/y
const comment = /(?:#|\/\/)[^\n]*/y

/** Steps over blanks and comments, not over the line break. */
export function blanks(scanner: Scanner): void {
  while (skip(scanner, blank));
}

/** Steps over blanks, comments and line breaks. */
export function space(scanner: Scanner): void {
  while (skip(scanner, blankOrBreak));
}

/** Whether a blank or a comment was here; a comment that is not closed takes the rest. */
function skip(scanner: Scanner, what: RegExp): boolean {
  if (scanner.match(what) !== undefined || scanner.match(comment) !== undefined) return true
  const start = scanner.at
  if (!scanner.take('/*')) return false
  const end = scanner.text.indexOf('*/', scanner.at)
  scanner.at = end === -1 ? scanner.text.length : end + 2
  if (end === -1) scanner.report({ start, end: start + 2 }, 'the comment is not closed', 'end it with `*/`')
  return true
}

/** Goes on behind an item that could not be read: at the end of its line, or of the brackets that it opened. */
export function skipItem(scanner: Scanner, start: number): void {
  if (scanner.atEnd) return
  const stop = scanner.at
  scanner.at = start
  const open: string[] = []
  while (!scanner.atEnd) {
    if (skip(scanner, blank)) continue
    const { char } = scanner
    // A brace without a brace of its own is the end of the body around the item; where the item begins it is the item.
    const isBodysEnd = char === '}' && stop > start && !open.includes('{')
    if (scanner.at >= stop && (isBodysEnd || (char === '\n' && open.length === 0))) return
    follow(open, char)
    // There may be millions more: whatever stands behind is not looked at.
    if (open.length > maxDepth) scanner.at = scanner.text.length
    if (char === '"') skipString(scanner)
    else scanner.at++
  }
}

const plain = /[^"\\\n]+/y

/** Steps over a string, or what there is of one in its line. (One expression for all of it would wait for each letter.) */
function skipString(scanner: Scanner): void {
  scanner.at++
  while (!scanner.atEnd && scanner.char !== '\n') {
    if (scanner.match(plain) !== undefined) continue
    if (scanner.take('"')) return
    scanner.at++
    if (!scanner.atEnd && scanner.char !== '\n') scanner.at++
  }
}

/** Which brackets are open behind a character. A brace closes what is open inside it. */
function follow(open: string[], char: string): void {
  if (char === '{' || char === '[' || char === '(') open.push(char)
  else if (char === '}') open.length = Math.max(0, open.lastIndexOf('{'))
  else if ((char === ']' || char === ')') && open.at(-1) !== '{') open.pop()
}
