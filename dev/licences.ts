// The licences of what is bundled.

import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** The licence texts of every package that has one of these files, whose code is in the bundle. */
export function licences(inputs: readonly string[]): string {
  const packages = new Set(
    inputs.flatMap((path) => /^[^:]*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []),
  )
  const texts = [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(root, folder, 'package.json'), 'utf8'),
    ) as {
      name: string
      version: string
      license?: string
    }
    return `${name} ${version} (${license ?? 'see below'})\n\n${licenceText(join(root, folder))}`
  })
  const rule = `\n\n${'-'.repeat(78)}\n\n`
  return `Sentinel contains code of these packages.${rule}${texts.join(rule)}\n`
}

// Some packages of a family leave the text out that their neighbours carry; it is the same text.
function licenceText(folder: string): string {
  const own = licenceFileIn(folder)
  const scope = dirname(folder)
  const family = basename(scope).startsWith('@') ? readdirSync(scope).sort() : []
  const text =
    own ?? family.map((name) => licenceFileIn(join(scope, name))).find((each) => each !== undefined)
  if (text === undefined) throw new Error(`${folder} has no licence text`)
  return text
}

function licenceFileIn(folder: string): string | undefined {
  const file = readdirSync(folder).find((name) => /^licen[cs]e(\.(md|txt))?$/i.test(name))
  return file === undefined ? undefined : readFileSync(join(folder, file), 'utf8').trim()
}
