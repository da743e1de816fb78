// How large a configuration is, with all files that it names: counted in words of policies, so that modules and data
// share one limit. What takes a word takes some 220 bytes.

import type { Source } from '../source/index.ts'
import { problem } from './files.ts'

/** What names and values of a configuration take, in words. */
const wordsOfItem = 2
/** A file by itself, and as many letters of it as take a word's room. */
const [wordsOfFile, lettersOfWord] = [64, 100]
const bytesOfWord = 220
/** So much data is not counted against what an evaluation may use. */
const freeWords = 20_000

/** How many words the text of a file takes. */
export const wordsOfText = ({ text }: Source): number => wordsOfFile + Math.ceil(text.length / lettersOfWord)

/** What the files of a configuration take together. */
export class Size {
  private readonly room: number
  /** Words of policies, names, values, and the files themselves. */
  words = 0
  /** Those that are data, which an evaluation does not pay for. */
  data = 0

  /** @param room how many words there may be */
  constructor(room: number) {
    this.room = room
  }

  /** How many words there may be more. */
  get left(): number {
    return Math.max(0, this.room - this.words)
  }

  /** How many names and values there may be more. */
  get itemsLeft(): number {
    return Math.floor(this.left / wordsOfItem)
  }

  /** A file of names and values. */
  addData(source: Source, items: number): void {
    const words = wordsOfText(source) + items * wordsOfItem
    this.words += words
    this.data += words
  }

  addPolicy(source: Source, words: number): void {
    this.words += wordsOfText(source) + words
  }
}

/** How many bytes an evaluation has less for the data of its configuration, which lies there all the while. */
export const bytesOfData = (words: number): number => Math.max(0, words - freeWords) * bytesOfWord

/** What is said of a file for which there is no room. */
export const noRoomFor = (path: string) =>
  problem(
    { name: path, text: '' },
    { start: 0, end: 0 },
    'the files of the configuration are too large together: this one is not read',
    'leave out what is not needed',
  )
