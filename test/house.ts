// The floor plan as a checker: which room may import which, what may be said where, and no import loops.
// It reads the sources as text, on purpose: it must also see what the type checker would accept.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, resolve, sep } from 'node:path'

/** A file of the house: path from the repository's root with `/`, and its text. */
export type HouseFile = { readonly path: string; readonly text: string }

/** house.json: for each room the rooms that it may import. */
export type FloorPlan = { readonly rooms: Readonly<Record<string, readonly string[]>> }

type Ban = {
  readonly phrase: RegExp
  readonly allowed: (path: string) => boolean
  readonly instead: string
}

const pureRooms = ['source', 'lang', 'hcl', 'policy']
const inRoom = (path: string, ...rooms: string[]) => rooms.some((room) => path.startsWith(`src/${room}/`))

const bans: readonly Ban[] = [
  {
    phrase:
      /\bDate\.now\b|\bnew Date\b(?!\s*\(\s*[^\s)])|\bperformance\.(now|timeOrigin)\b|\bprocess\.(hrtime|uptime)\b/,
    allowed: (path) => path === 'src/base/clock.ts',
    instead: 'ask the Clock you were given',
  },
  {
    phrase: /\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b|\brandom(Bytes|Int|Fill|FillSync)\b/,
    allowed: (path) => path === 'src/base/random.ts',
    instead: 'ask the Random you were given',
  },
  {
    phrase: /\bprocess\s*(\?\.|\.)\s*(env|argv|exit|platform|stdout|stderr|stdin|cwd|umask)\b/,
    allowed: (path) => inRoom(path, 'cli'),
    instead: 'take it as an argument; cli/deps.ts gives the real one',
  },
  {
    // The same in other words: by index, taken apart, imported.
    phrase: /\bprocess\s*(\?\.)?\[|=\s*process\b(?!\.)|(\bfrom|\bimport)\s*\(?\s*['"](node:)?process['"]/,
    allowed: (path) => inRoom(path, 'cli'),
    instead: 'take it as an argument; cli/deps.ts gives the real one',
  },
  {
    phrase: /['"]@aws-sdk\/|['"]@smithy\//,
    allowed: (path) => inRoom(path, 'aws'),
    instead: 'go through the room `aws`',
  },
  {
    phrase:
      /(\bfrom|\bimport)\s*\(?\s*['"](node:)?(fs|child_process|dgram|dns|net|tls|http|http2|https|os|worker_threads)['"/]|\bfetch\(/,
    allowed: (path) => !inRoom(path, ...pureRooms),
    instead: 'this room is pure: take the value as an argument',
  },
  {
    // Who does not say it leaves it to NODE_TLS_REJECT_UNAUTHORIZED.
    phrase:
      /^(?![\s\S]*\brejectUnauthorized\b)[\s\S]*(?:\bfrom|\bimport)\s*\(?\s*['"](?:(?:node:)?(?:https|http2|tls)|https-proxy-agent)['"]/,
    allowed: () => false,
    instead: 'say `rejectUnauthorized`, or the environment decides whether certificates are checked',
  },
  {
    phrase: /\bfetch\(/,
    allowed: () => false,
    instead: 'it asks the environment what TLS is: use node:https',
  },
  {
    phrase: /\bimport\s*\(\s*`|\bcreateRequire\b/,
    allowed: () => false,
    instead: 'name what you import in plain quotes, so that this checker sees it',
  },
  {
    phrase: /(\bfrom|\bimport)\s*\(?\s*['"][^'"]*\.(test|fake|contract)\.ts['"]/,
    allowed: () => false,
    instead: 'what tests use stays in tests',
  },
  {
    phrase: /^(export\s+)?(let|var)\s/m,
    allowed: () => false,
    instead: 'a module has no state: keep it in what a function returns',
  },
  { phrase: /\bexport\s*\{[^}]*\bas\s+default\b/, allowed: () => false, instead: 'use a named export' },
  { phrase: /export default\b/, allowed: () => false, instead: 'use a named export' },
  { phrase: /export \* /, allowed: () => false, instead: 'name what you re-export' },
]

/** Every breach of the floor plan, one sentence each; empty when the house is in order. */
export function breaches(plan: FloorPlan, files: readonly HouseFile[]): readonly string[] {
  return [
    ...files.flatMap((file) => importBreaches(plan, file)),
    ...files.filter((file) => !isTest(file.path)).flatMap(bannedPhrases),
    ...loops(files),
    ...planLoops(plan),
  ]
}

/** All TypeScript files under a folder of the repository. */
export function readHouse(root: string, folder: string): readonly HouseFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({
      path: relative(root, path).split(sep).join('/'),
      text: readFileSync(resolve(path), 'utf8'),
    }))
}

const isTest = (path: string) => /\.(test|fake|contract)\.ts$/.test(path)
const roomOf = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1]

function importsOf(file: HouseFile): readonly string[] {
  const found = file.text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]+)['"]/g)
  return [...found].map(([, target = '']) => posix.join(dirname(file.path), target))
}

function importBreaches(plan: FloorPlan, file: HouseFile): readonly string[] {
  const room = roomOf(file.path)
  if (room === undefined) return [`${file.path}: every source file belongs to a room of house.json`]
  const allowed = plan.rooms[room]
  if (allowed === undefined) return [`${file.path}: room \`${room}\` is not in house.json`]
  return importsOf(file).flatMap((target) => {
    const other = roomOf(target)
    if (other === room) return []
    if (other === undefined)
      return isTest(file.path) ? [] : [`${file.path}: imports ${target}, which is not in src/`]
    if (!isTest(file.path) && !allowed.includes(other)) {
      return [
        `${file.path}: \`${room}\` may import only ${allowed.join(', ') || 'nothing'}, not \`${other}\``,
      ]
    }
    const isFace = target === `src/${other}/index.ts` || /\.(fake|contract)\.ts$/.test(target)
    return isFace ? [] : [`${file.path}: imports ${target}; enter \`${other}\` by its index.ts`]
  })
}

function bannedPhrases(file: HouseFile): readonly string[] {
  return bans
    .filter((ban) => ban.phrase.test(withoutComments(file.text)) && !ban.allowed(file.path))
    .map((ban) => `${file.path}: contains ${ban.phrase.source}; ${ban.instead}`)
}

const withoutComments = (text: string) => text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')

/** Import loops between files, at run time or in types: each as the path around it. */
function loops(files: readonly HouseFile[]): readonly string[] {
  return cycles(new Map(files.map((file) => [file.path, importsOf(file)]))).map(
    (loop) => `import loop: ${loop.join(' → ')}`,
  )
}

function planLoops(plan: FloorPlan): readonly string[] {
  return cycles(new Map(Object.entries(plan.rooms))).map((loop) => `house.json: loop ${loop.join(' → ')}`)
}

function cycles(graph: ReadonlyMap<string, readonly string[]>): readonly string[][] {
  const done = new Set<string>()
  const found: string[][] = []
  const visit = (node: string, trail: readonly string[]): void => {
    const at = trail.indexOf(node)
    if (at !== -1) found.push([...trail.slice(at), node])
    if (at !== -1 || done.has(node)) return
    for (const next of graph.get(node) ?? []) visit(next, [...trail, node])
    done.add(node)
  }
  for (const node of graph.keys()) visit(node, [])
  return found
}
