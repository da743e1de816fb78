// Rooms are entered by their index.ts, but a program that needs one thing of a room should not contain the room.
// esbuild puts into a file whatever its imports lead to, used or not, so this plugin lets each name lead to the file
// that defines it: `import { a } from '../room/index.ts'` is bundled as `import { a } from '../room/a.ts'`.

import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Plugin } from 'esbuild'

/** The plugin, for the sources below a folder. */
export function throughFaces(sources: string): Plugin {
  const faces = new Map<string, ReadonlyMap<string, string>>()
  const faceOf = (path: string) => {
    const known = faces.get(path) ?? reExports(path)
    faces.set(path, known)
    return known
  }
  return {
    name: 'through-faces',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path }) =>
        path.startsWith(sources) ? { contents: directly(path, faceOf), loader: 'ts' } : undefined,
      )
    },
  }
}

const importOfFace = /^import \{([^}]*)\} from '(\.[^']*\/index\.ts)'$/gm

/** The text of a file whose imports lead past the faces of rooms. */
function directly(path: string, faceOf: (face: string) => ReadonlyMap<string, string>): string {
  return readFileSync(path, 'utf8').replace(importOfFace, (_, names: string, target: string) => {
    const face = join(dirname(path), target)
    const known = faceOf(face)
    return specifiers(names)
      .map((name) => {
        // What a face defines itself is there.
        const definedIn = known.get(name.split(' as ')[0] ?? '') ?? face
        return `import { ${name} } from './${relative(dirname(path), definedIn)}';`
      })
      .join(' ')
  })
}

/** Where each name comes from that a face hands on. */
function reExports(face: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const text = readFileSync(face, 'utf8')
  for (const [, names = '', target = ''] of text.matchAll(/^export \{([^}]*)\} from '([^']+)'$/gm)) {
    for (const name of specifiers(names)) found.set(name, join(dirname(face), target))
  }
  return found
}

const specifiers = (names: string) =>
  names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
