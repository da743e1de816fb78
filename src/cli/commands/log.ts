import { rotateLog, type Verdict, verifyLog } from '../../audit/index.ts'
import { asSentinelError, printable, SentinelError, visibleJson } from '../../base/index.ts'
import { type KeysPlace, moveKeys, placeOfKeys, readKeys } from '../../machine/index.ts'
import { command } from '../command.ts'
import { type GatewayDeps, openGateway } from '../gateway-deps.ts'
import { usageError } from '../values.ts'
import { logFileFlag } from './shared.ts'

export const logVerify = command({
  name: 'log verify',
  summary: 'Check that nobody changed the decision log',
  description: [
    'Finds lines that were edited, removed, reordered or cut off, and a log that was written anew, and says where. The ' +
      'older files that `sentinel log rotate` moved aside are checked too, and none may be missing.',
    'What it cannot find is told in docs/guide/decision-log.md.',
  ],
  examples: [
    'sentinel log verify',
    'sentinel log verify --log-file decisions.jsonl --json',
    'sentinel log verify --log-file decisions-20260203T100000Z.jsonl --only',
  ],
  flags: {
    ...logFileFlag('log to check'),
    only: { type: 'boolean', help: 'check this one file, and ask for no older one' },
    json: { type: 'boolean', help: 'print JSON for a program to read' },
  },
  async run(deps, { logFile, only, json }) {
    const { platform, paths } = openGateway(deps)
    const file = logFile === undefined ? paths.logFile : deps.resolve(logFile)
    const keys = readKeys(deps.machine, paths.keysFile) ?? noKeys(paths.keysFile)
    const means = { platform, keys, stateFolder: paths.stateFolder }
    const verdict = await verifyLog(means, file, only ? 'file' : 'chain')
    if (json) deps.io.stdout.write(`${visibleJson(asData(verdict), 2)}\n`)
    if (verdict.problemCount > 0 && !json) throw broken(verdict)
    if (!json) deps.io.stdout.write(asText(verdict))
    return verdict.problemCount === 0 ? 0 : 1
  },
})

export const logRotate = command({
  name: 'log rotate',
  summary: 'Move the decision log aside under a name with the time, and begin a new one',
  description: [
    'The new log goes on from the old one: its first line says which that is and how far it goes, so `sentinel log ' +
      'verify` checks them together. `sentinel why` finds what stands in either. Decisions may be made meanwhile.',
    'Nobody is asked who they are: the lines that say that the log was rotated have no user.',
  ],
  examples: ['sentinel log rotate', 'sentinel log rotate --log-file decisions.jsonl --json'],
  flags: {
    ...logFileFlag('log to rotate'),
    json: { type: 'boolean', help: 'print JSON for a program to read' },
  },
  async run(deps, { logFile, json }) {
    const gateway = openGateway(deps)
    const { machine, paths } = gateway
    const means = { ...machine, keys: gateway.keys(), stateFolder: paths.stateFolder }
    const who = { request_id: gateway.newRequestId(), user: '', ...gateway.circumstances() }
    const named = logFile === undefined ? paths.logFile : deps.resolve(logFile)
    const { file, older, log, olderLog } = await rotateLog(means, named, who)
    const asJson = visibleJson({ file, log, older, older_log: olderLog, request_id: who.request_id }, 2)
    const asText = `${printable(older)}: what was recorded so far\n${printable(file)}: goes on from it\n`
    deps.io.stdout.write(json ? `${asJson}\n` : asText)
    return 0
  },
})

export const logAcceptClock = command({
  name: 'log accept-clock',
  summary: 'Record that the clock is right although the log is ahead of it, and go on',
  description: [
    'Needed after the log was written with a clock that was wrong. The record shows when that was said and why.',
    'Nobody is asked who they are: without a clock AWS cannot tell, so the line has no user.',
  ],
  examples: ['sentinel log accept-clock --reason "the laptop woke up in 2031"'],
  flags: {
    ...logFileFlag('log to go on with'),
    reason: { type: 'string', placeholder: 'text', help: 'what happened, for the record' },
  },
  async run(deps, { logFile, reason }) {
    const gateway = openGateway(deps)
    gateway.openLog({ logFile, logStderr: false }).append([
      {
        event: 'accept-clock',
        request_id: gateway.newRequestId(),
        user: '',
        ...(reason === undefined ? {} : { reason }),
        ...gateway.circumstances(),
      },
    ])
    deps.io.stdout.write('The log goes on with the time of this clock.\n')
    return 0
  },
})

export const logKeys = command({
  name: 'log keys',
  summary: 'Say where the keys of the log and the cache lie, or move them into the keyring and back',
  description: [
    'The keys chain the decision log, seal the cache and encrypt what is confidential in it. They lie in a file for its ' +
      'owner alone, or in the keyring of the operating system (Keychain, Credential Manager, Secret Service). Every ' +
      'program finds them there by itself; where the keyring cannot be asked, nothing is decided.',
    'The keys stay the same, so the log goes on. The move is recorded in it.',
  ],
  examples: ['sentinel log keys', 'sentinel log keys --to keyring', 'sentinel log keys --to file --json'],
  flags: {
    ...logFileFlag('log that records the move'),
    to: { type: 'string', placeholder: 'place', help: 'where to move them: `keyring` or `file`' },
    json: { type: 'boolean', help: 'print JSON for a program to read' },
  },
  async run(deps, { logFile, to, json }) {
    if (to !== undefined && to !== 'keyring' && to !== 'file') {
      throw usageError(logKeys, `--to takes \`keyring\` or \`file\`, not \`${to}\``)
    }
    const gateway = openGateway(deps)
    const { id } = gateway.keys()
    const { keysFile } = gateway.paths
    if (to !== undefined && to !== placeOfKeys(keysFile)) moveRecorded(gateway, logFile, to)
    const place = placeOfKeys(keysFile)
    const where = place === 'file' ? `in \`${keysFile}\`` : `in the keyring; \`${keysFile}\` says so`
    const text = json ? visibleJson({ id, in: place, file: keysFile }, 2) : `Keys ${id}: ${printable(where)}`
    deps.io.stdout.write(`${text}\n`)
    return 0
  },
})

function moveRecorded(gateway: GatewayDeps, logFile: string | undefined, to: KeysPlace): void {
  const log = gateway.openLog({ logFile, logStderr: false })
  const request_id = gateway.newRequestId()
  const say = (outcome: 'started' | 'done' | 'error', error_code?: string) =>
    log.append([
      {
        event: 'administration',
        request_id,
        user: '',
        action: 'log keys',
        resource: to,
        outcome,
        ...(error_code === undefined ? {} : { error_code }),
        ...gateway.circumstances(),
      },
    ])
  say('started')
  try {
    moveKeys(gateway.machine, gateway.paths.keysFile, to)
  } catch (thrown) {
    say('error', asSentinelError(thrown).code)
    throw thrown
  }
  say('done')
}

// Not made here: a log cannot have been chained with keys that do not exist.
function noKeys(path: string): never {
  throw new SentinelError('LOG_UNREADABLE', `the keys that a log is checked with are not here: \`${path}\``, {
    hint: 'check a log on the machine and as the user that wrote it; nothing may have been decided here yet',
  })
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`

function asText({ file, lines, decisions, notes, files }: Verdict): string {
  const counts = (of: { readonly lines: number; readonly decisions: number }) =>
    `${counted(of.lines, 'line')}, ${counted(of.decisions, 'decision')}`
  const noted = notes.map((note) => `note: ${placeOf(file, note)}${printable(note.message)}\n`)
  const each = files.length === 1 ? [] : files.map((part) => `${printable(part.file)}: ${counts(part)}\n`)
  const total = counts({ lines, decisions })
  const together = files.length === 1 ? '' : ` in ${files.length} files`
  return [...noted, ...each, `${printable(file)}: the log is whole: ${total}${together}\n`].join('')
}

function asData({ file, log, lines, decisions, problemCount, problems, notes, files }: Verdict) {
  return {
    file,
    log,
    whole: problemCount === 0,
    lines,
    decisions,
    problem_count: problemCount,
    problems,
    notes,
    files: files.map(({ problemCount: problem_count, ...part }) => ({ ...part, problem_count })),
  }
}

/** Where something stands: the file only where it is not the one that was named, the line only where it is about one. */
function placeOf(named: string, { file, line }: { readonly file: string; readonly line: number }): string {
  const place = [...(file === named ? [] : [printable(file)]), ...(line === 0 ? [] : [`line ${line}`])]
  return place.length === 0 ? '' : `${place.join(' ')}: `
}

function broken({ file, problemCount, problems }: Verdict): SentinelError {
  const count = problemCount === 1 ? 'one problem' : `${problemCount} problems`
  const shown = problems.map((problem) => `  ${placeOf(file, problem)}${problem.message}`)
  const more = problemCount > problems.length ? [`  and ${problemCount - problems.length} more`] : []
  return new SentinelError('LOG_BROKEN', `the log \`${file}\` is not as it was written: ${count}`, {
    details: [...shown, ...more],
    hint: 'keep every file of it as evidence; docs/guide/decision-log.md says what each of these means',
  })
}
