// Regular expressions of the rooms that read what strangers write: policies, configurations, patterns. JavaScript's engine
// goes back wherever a pattern has several ways to go on, which can take it the square of a text's length or more, and it
// remembers every turn of a repeated group, of which it holds a few millions. So in these rooms a pattern is either
// proved to have one way at each character, by what proves it of the patterns of policies, or it stands in a list with
// the reason why what it reads is short.

import { plainPattern } from '../src/lang/run/pattern.ts'
import type { HouseFile } from './house.ts'

/** A regular expression in a file. */
export type Pattern = { readonly path: string; readonly text: string; readonly flags: string }

/** The rooms where a text may have sixteen million letters. */
const rooms = ['lang', 'project', 'hcl', 'source']

// Behind these a slash begins a pattern; elsewhere it divides.
const literal =
  /(?<=(?:^|[=(,:?&|![{;]|=>|\breturn)\s*)\/(?![*/])((?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)/gm

const withoutComments = (text: string) => text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')

/** The patterns that are written down in these rooms. */
export function patternsIn(files: readonly HouseFile[]): readonly Pattern[] {
  return files
    .filter(
      ({ path }) => rooms.some((room) => path.startsWith(`src/${room}/`)) && !/\.(test|fake)\.ts$/.test(path),
    )
    .flatMap(({ path, text }) =>
      [...withoutComments(text).matchAll(literal)].map(([, found = '', flags = '']) => ({
        path,
        text: found,
        flags,
      })),
    )
}

/** Whether a pattern takes time linear in the text, and no memory for each letter. */
export function isProved({ text, flags }: Pattern): boolean {
  const signs = text.replaceAll(/\\./g, '').replaceAll(/\[[^\]]*\]/g, '')
  if (!/[*+]|\{\d+,\}/.test(signs)) return true
  if (/\)(?:[*+]|\{\d+,\})/.test(signs)) return false
  // Where a letter may be two code units, each that was matched is remembered.
  if (/[uv]/.test(flags)) return false
  // One class and nothing else takes each letter once, wherever it begins.
  if (/^[+*]$/.test(text.replace(/^(?:\[(?:[^\]\\]|\\.)*\]|\\.)/, ''))) return true
  // What may begin anywhere may run through the same letters from each of them.
  const isSticky = flags.includes('y') && !text.startsWith('^')
  if (!isSticky && !text.startsWith('^')) return false
  return plainPattern((isSticky ? '^' : '') + inAscii(text)) !== undefined
}

/** The same in signs that the prover knows: what is beyond ASCII stands as one that no pattern speaks of. */
const inAscii = (text: string) =>
  text.replaceAll(/\\p\{[^}]*\}/g, 'a-zA-Z').replaceAll(/\\u[0-9a-fA-F]{4}|[^\0-\x7f]/g, '~')

/** Patterns that are not proved, and why they take no longer than the length of the text all the same. */
export const judged: ReadonlyMap<string, string> = new Map([
  ...because('from its start on there is one way at each character; what it gives back it gives back once', [
    String.raw`^([\d.]{7,15})\/(\d+)$`,
    String.raw`(?:#|\/\/)[^\n]*`,
    String.raw`-?(?:0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)`,
    String.raw`^(-?)(0[xX].+|0\d+)$`,
    String.raw`[^\n]*(?:\n|$)`,
    String.raw`^\s*["[{]`,
    String.raw`^[a-z0-9+.-]+::|^[a-z][a-z0-9+.-]*:\/\/|^[\w.-]+@[\w.-]+:|^(?:github|gitlab|bitbucket)\.(?:com|org)\/`,
    String.raw`^[\0-\x7f]*$`,
    '^[A-Za-z0-9+/]*={0,2}$',
    String.raw`^[A-Za-z0-9\-_]*={0,2}$`,
    String.raw`^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d{1,9}))?$`,
    String.raw`^(-?)0+(?=\d)`,
    String.raw`^([^/]*)(?:\/(0|[1-9]\d{0,2}))?$`,
    String.raw`^(\(\?i\))?(\^)?([\0-\x7f]*?)(\$)?$`,
    String.raw`^[\x21-\x7e]+$`,
    String.raw`(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d*)?`,
    String.raw`^(?:[1-9]\d*|0[0-7]*|0[xX][0-9a-fA-F]+)$`,
    '^(0[xX]?)0+(?=.)',
    String.raw`^(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?$`,
    String.raw`^0\d*[89]`,
    String.raw`^[ !#-[\]-~]*$`,
  ]),
  ...because('it is given a text in parts: see endOfRun', [
    String.raw`[\p{L}\p{Nd}_]+`,
    String.raw`[\p{L}\p{M}\p{Nd}_-]+`,
    String.raw`[\p{L}\p{Nd}_.-]+`,
    String.raw`[\p{L}\p{Nd}_-]+`,
    String.raw`[^\s\p{L}\p{Nd}_"'${'`'}#()[\]{},.:;+\-*/%<>=!\u2013\u2014\u2212\u2018-\u201e\u00ab]+|[^\S \t\r\n]+`,
  ]),
  ...because('at most forty letters of what was not expected', [
    String.raw`^(?:[\p{L}\p{Nd}_-]+|\r?\n|[\s\S])`,
  ]),
  ...because('a name or the path of an import: neither is longer than 65536 letters', [
    String.raw`^[\p{L}_][\p{L}\p{Nd}_]*$`,
  ]),
  ...because('each dot is looked at once: what comes before the next one is its own', [String.raw`\.[^.]*$`]),
  ...because('a version, or a constraint, of at most 256 bytes', [
    String.raw`^v?(\d+(?:\.\d+)*)(?:-?([0-9A-Za-z~-]+(?:\.[0-9A-Za-z~-]+)*))?(?:\+([0-9A-Za-z~-]+(?:\.[0-9A-Za-z~-]+)*))?$`,
    String.raw`^(|=|!=|>|<|>=|<=|~>)\s*([^\s<>=!~].*)$`,
  ]),
  ...because('a piece of a source of at most 200 letters', [
    String.raw`[\p{L}_][\p{L}\p{Nd}_]*(?:[ \t]*-[ \t]*[\p{L}_][\p{L}\p{Nd}_]*)*`,
  ]),
  ...because('at most 2000 letters of a comment', [String.raw`^(?:#|\/\/)\s*lint:ignore\s+(.*\S)`]),
  ...because('at most a thousand letters before a comment', [String.raw`(?:^|\n)[ \t]*$`]),
])

function because(reason: string, patterns: readonly string[]): readonly (readonly [string, string])[] {
  return patterns.map((pattern) => [pattern, reason] as const)
}
