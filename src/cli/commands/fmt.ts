import { printable, SentinelError } from '../../base/index.ts'
import { format } from '../../lang/index.ts'
import { filesBelow, readWholeText, rewriteText } from '../../machine/index.ts'
import { draw, type Source } from '../../source/index.ts'
import { command } from '../command.ts'
import type { Deps } from '../deps.ts'
import { diskFiles } from '../disk-files.ts'
import { readNamed } from '../policy-files.ts'
import { usageError } from '../values.ts'
import { colourFlag, noPolicies, onlyPolicies } from './language.ts'

export const fmt = command({
  name: 'fmt',
  summary: 'Write policies in the canonical style',
  description: [
    'Files are rewritten where they are, and the names of those that changed are printed. A file that does not parse is left as it is. A folder stands for every `*.sentinel` in it and below, but for what is hidden and for links. `-` reads a policy from stdin and writes it to stdout.',
  ],
  examples: [
    'sentinel fmt policy.sentinel',
    'sentinel fmt -check .',
    'sentinel fmt - < policy.sentinel > formatted.sentinel',
  ],
  group: 'language',
  exits: 'fmt',
  flags: {
    check: { type: 'boolean', help: 'change nothing, and print the names of the files that would change' },
    write: {
      type: 'boolean',
      default: true,
      help: 'rewrite the files; otherwise print their formatted text',
    },
    color: colourFlag,
  },
  positionals: { paths: { help: 'files and folders to format, or `-` for stdin', repeated: true } },
  run(deps, { paths, write, check }) {
    const [first, second] = paths
    if (first === undefined)
      throw usageError(fmt, '`PATHS` is missing', 'name files and folders: `sentinel fmt .`')
    if (paths.includes('-') && second !== undefined)
      throw usageError(fmt, '`-` stands for stdin, and for nothing beside it')
    const changed = formatAll(deps, paths, check ? 'check' : write && first !== '-' ? 'write' : 'print')
    return check && changed > 0 ? 1 : 0
  },
})

type Way = 'check' | 'write' | 'print'

/** With so many lines told of files that failed, of others no more is told than that they did: there may be thousands. */
const maxTold = 10_000

/** Gives how many were not in canonical style. @throws SentinelError at the end, for all files that failed */
function formatAll(deps: Deps, paths: readonly string[], way: Way): number {
  const failures: SentinelError[] = []
  let told = 0
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work()
    } catch (thrown) {
      if (!(thrown instanceof SentinelError) || thrown.code === 'OUTPUT_CLOSED') throw thrown
      const { code, message, details } = thrown
      failures.push(told < maxTold ? thrown : new SentinelError(code, message))
      told += details.length
      return undefined
    }
  }
  const files = new Set(paths.flatMap((path) => attempt(() => filesAt(deps, path)) ?? []))
  const changed = [...files].filter((file) => attempt(() => formatOne(deps, file, way)) === true)
  if (failures.length > 0) throw allOf(failures)
  return changed.length
}

/** The files that a path names: itself, or the policies below a folder. @throws SentinelError FILE_UNREADABLE */
function filesAt({ resolve, platform }: Deps, path: string): readonly string[] {
  const below = path === '-' ? undefined : filesBelow(resolve(path))
  if (below === undefined) return [path]
  const policies = below.filter((name) => name.endsWith('.sentinel'))
  if (policies.length === 0) throw noPolicies(path)
  return policies.map((name) => platform.path.join(path, name))
}

/** Gives whether the file was not in canonical style. */
function formatOne(deps: Deps, file: string, way: Way): boolean {
  const name = file === '-' ? 'stdin' : file
  const text =
    file === '-'
      ? deps.io.stdin.readAll()
      : readNamed(diskFiles(deps), file, onlyPolicies, () => readWholeText(deps.resolve(file)))
  const formatted = formattedText({ name, text })
  if (way === 'print') deps.io.stdout.write(formatted)
  if (formatted === text) return false
  if (way === 'write') rewriteText(deps.machine, deps.resolve(file), formatted)
  if (way !== 'print') deps.io.stdout.write(`${printable(name)}\n`)
  return true
}

function formattedText(source: Source): string {
  const formatted = format(source)
  if (formatted.kind === 'formatted') return formatted.text
  throw new SentinelError('POLICY_INVALID', `\`${source.name}\` cannot be formatted`, {
    details: formatted.diagnostics.flatMap((diagnostic) => draw(source, diagnostic)),
  })
}

/** Several failures as one that names them all. */
function allOf(failures: readonly SentinelError[]): SentinelError {
  const [first] = failures
  if (first === undefined || failures.length === 1) return first as SentinelError
  return new SentinelError(first.code, `${failures.length} files cannot be formatted`, {
    details: failures.flatMap(({ message, details }) => (details.length > 0 ? details : [`  ${message}`])),
  })
}
