import { type Verdict, verifyLog } from '../../audit/index.ts'
import { SentinelError, visibleJson } from '../../base/index.ts'
import { readKeys } from '../../machine/index.ts'
import { command } from '../command.ts'
import { openGateway } from '../gateway-deps.ts'
import { logFileFlag } from './shared.ts'

export const logVerify = command({
  name: 'log verify',
  summary: 'Check that nobody changed the decision log',
  description: [
    'Finds lines that were edited, removed, reordered or cut off, and a log that was written anew, and says where.',
    'What it cannot find is told in docs/guide/decision-log.md.',
  ],
  examples: ['sentinel log verify', 'sentinel log verify --log-file decisions.jsonl --json'],
  flags: {
    ...logFileFlag('log to check'),
    json: { type: 'boolean', help: 'print JSON for a program to read' },
  },
  async run(deps, { logFile, json }) {
    const { platform, paths } = openGateway(deps)
    const file = logFile === undefined ? paths.logFile : deps.resolve(logFile)
    const keys = readKeys(deps.machine, paths.keysFile) ?? noKeys(paths.keysFile)
    const verdict = await verifyLog({ platform, keys, stateFolder: paths.stateFolder }, file)
    if (json) deps.io.stdout.write(`${visibleJson(asData(verdict), 2)}\n`)
    if (verdict.problemCount > 0 && !json) throw broken(verdict)
    if (!json) deps.io.stdout.write(asText(verdict))
    return verdict.problemCount === 0 ? 0 : 1
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

// Not made here: a log cannot have been chained with keys that do not exist.
function noKeys(path: string): never {
  throw new SentinelError('LOG_UNREADABLE', `the keys that a log is checked with are not here: \`${path}\``, {
    hint: 'check a log on the machine and as the user that wrote it; nothing may have been decided here yet',
  })
}

function asText({ file, lines, decisions, notes }: Verdict): string {
  const torn = notes.map((note) => `note: line ${note.line}: ${note.message}\n`).join('')
  return `${torn}${file}: the log is whole: ${lines} lines, ${decisions} decisions\n`
}

function asData({ file, log, lines, decisions, problemCount, problems, notes }: Verdict) {
  return {
    file,
    log,
    whole: problemCount === 0,
    lines,
    decisions,
    problem_count: problemCount,
    problems,
    notes,
  }
}

function broken({ file, problemCount, problems }: Verdict): SentinelError {
  const count = problemCount === 1 ? 'one problem' : `${problemCount} problems`
  const shown = problems.map(({ line, message }) =>
    line === 0 ? `  ${message}` : `  line ${line}: ${message}`,
  )
  const more = problemCount > problems.length ? [`  and ${problemCount - problems.length} more`] : []
  return new SentinelError('LOG_BROKEN', `the log \`${file}\` is not as it was written: ${count}`, {
    details: [...shown, ...more],
    hint: 'keep the file as evidence; docs/guide/decision-log.md says what each of these means',
  })
}
