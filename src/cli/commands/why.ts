import { type Found, findDecision, type LoggedLine, openWords } from '../../audit/index.ts'
import { SentinelError, visibleJson } from '../../base/index.ts'
import { parseSourceIdentity, sameUser } from '../../identity/index.ts'
import { readKeys } from '../../machine/index.ts'
import { command } from '../command.ts'
import { explanation, verdictOf } from '../explanation.ts'
import { type GatewayDeps, openGateway } from '../gateway-deps.ts'
import { placeOf } from '../place.ts'
import { logFileFlag } from './shared.ts'

export const why = command({
  name: 'why',
  summary: 'Explain a decision: who, what, when, by which rule, and what became of it',
  description: [
    'Takes the id of a refusal or of a log line, or the SourceIdentity of a CloudTrail event. Later uses of the same ' +
      'credentials from the cache are listed too.',
    'The id of a request for approval, a break-glass event or a server session shows everything that happened to it and ' +
      'every use, as far as the log knows. Older files of a rotated log, beside it, are looked into as well. `--log -` ' +
      'reads the logs of several machines from standard input.',
  ],
  examples: [
    'sentinel why 5f0c2a9b1d3e4f60',
    'sentinel why sentinel,alice,5f0c2a9b1d3e4f60',
    'sentinel why 5f0c2a9b1d3e4f60 --log decisions.jsonl --json',
  ],
  flags: {
    ...logFileFlag('log to look in, `-` for standard input'),
    json: { type: 'boolean', help: 'print JSON for a program to read' },
  },
  positionals: { id: { help: 'id of a request, event or session, or a SourceIdentity', required: true } },
  async run(deps, { id, logFile, json }) {
    const gateway = openGateway(deps)
    const own = gateway.paths.logFile
    const log = logFile === '-' ? deps.io.stdin.fd : logFile === undefined ? own : deps.resolve(logFile)
    const found = readableHere(gateway, chosen(await findDecision(deps, log, id), id))
    deps.io.stdout.write(json ? asJson(found, id) : explanation(found, id))
    return 0
  },
})

/** With what people wrote, where this person's keys can show it. Asking makes no keys, and needs none. */
function readableHere({ machine, paths }: GatewayDeps, found: Found): Found {
  try {
    const keys = readKeys(machine, paths.keysFile)
    return keys === undefined ? found : openWords(keys, found)
  } catch (thrown) {
    if (thrown instanceof SentinelError) return found
    throw thrown
  }
}

/** Of several decisions with one id: the one about the user that a SourceIdentity names, else the last. */
function chosen(found: Found, asked: string): Found {
  if (found.decisions.length < 2) return found
  const userOf = ({ fields }: LoggedLine) => String(fields.get('user') ?? '')
  const decision = found.decisions.findLast((line) => sameUser(asked, userOf(line))) ?? found.decision
  const same = (line: LoggedLine) =>
    ['user', 'profile'].every((name) => line.fields.get(name) === decision?.fields.get(name))
  return { ...found, decision, outcomes: found.outcomes.filter(same) }
}

function asJson(found: Found, asked: string): string {
  const data = ({ file, line, fields }: LoggedLine) => ({
    ...(file === undefined ? {} : { file }),
    line,
    ...Object.fromEntries(fields),
  })
  const { requestId, named, decision, decisions, outcomes, changes, uses, issuedBy } = found
  const table = changes.map(({ fields }) => fields.get('table')).find((name) => name !== undefined)
  const others = decisions.filter((each) => each !== decision)
  const document = {
    request_id: requestId,
    named,
    verdict: verdictOf(found),
    // Absent where a request id was asked for. False: nobody was handed out that stamp for this request.
    ...(parseSourceIdentity(asked) === undefined
      ? {}
      : { source_identity_recorded: found.sourceIdentities.includes(asked) }),
    decision: decision === undefined ? null : data(decision),
    outcomes: outcomes.map(data),
    changes: changes.map(data),
    ...(table === undefined ? {} : placeOf(String(table))),
    issued_by: issuedBy ?? requestId,
    uses: uses.map(data),
    ...(others.length === 0 ? {} : { other_decisions: others.map(data) }),
  }
  return `${visibleJson(document, 2)}\n`
}
