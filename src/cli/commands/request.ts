import { type RequestDoc, requestStatusAt } from '../../access/index.ts'
import { formatDuration, printable, toTimestamp, visibleJson } from '../../base/index.ts'
import { explainApprovers, longestRequestSeconds } from '../../policy/index.ts'
import { askWhy } from '../ask-why.ts'
import { command } from '../command.ts'
import { flagGiven } from '../given.ts'
import { warnOfLittleTime } from '../little-time.ts'
import { placeText } from '../place.ts'
import { makeRequest, stateOf } from '../request-change.ts'
import { atRequestDesk, decidingFlags, type RequestDesk } from '../request-desk.ts'
import { unsigned } from '../request-view.ts'
import { awsFlags } from './shared.ts'

const length = { least: 10, most: 500 }

export const request = command({
  name: 'request',
  summary: 'Ask for approval to use a profile',
  description: [
    'The approval policy says who may approve. The window starts when it is approved, and credentials end with it. A ' +
      'request waits for 24 hours.',
  ],
  examples: [
    'sentinel request --profile prod --justification "Deploying the hotfix of INC-4711"',
    'sentinel request --profile prod --duration 30m --justification "Reading a stuck queue" --json',
    'sentinel request --profile prod --request-table local',
  ],
  flags: {
    profile: { type: 'string', required: true, placeholder: 'name', help: 'AWS profile to use' },
    duration: {
      type: 'duration',
      short: 'd',
      default: 3600,
      help: 'how long it is needed, 15m to 8h from approval (default: 1h)',
    },
    justification: {
      type: 'string',
      placeholder: 'text',
      help: 'why it is needed, 10 to 500 characters; asked for at the terminal when left out',
    },
    ...decidingFlags,
    awsProfile: awsFlags.awsProfile,
  },
  async run(deps, values) {
    const { profile, duration, json } = values
    return atRequestDesk(deps, values, async (desk) => {
      const justification = (
        values.justification ?? (await askWhy(deps, `Why is ${profile} needed`, length))
      ).trim()
      if (duration > longestRequestSeconds) {
        const [longest, wanted] = [longestRequestSeconds, duration].map(formatDuration)
        deps.warn(`a request is for at most ${longest}: ${wanted} was cut to that`)
      }
      warnOfLittleTime(deps, duration)
      const doc = await makeRequest(desk, { profile, durationSeconds: duration, justification })
      const nowMs = deps.clock.now()
      deps.io.stdout.write(json ? asJson(doc, desk, nowMs) : await asText(doc, desk, values.region))
      return 0
    })
  },
})

function asJson({ id, body }: RequestDoc, { advisory }: RequestDesk, nowMs: number): string {
  const { validUntilMs } = body
  const document = {
    request_id: id,
    profile: body.profile,
    role_arn: body.roleArn,
    status: requestStatusAt(body, nowMs),
    expires_at: toTimestamp(body.expiresAtMs),
    auto_approved: body.autoApproved || undefined,
    duration: formatDuration(body.durationSeconds),
    required_approvals: body.requiredApprovals,
    single_use: body.singleUse,
    valid_until: validUntilMs === undefined ? undefined : toTimestamp(validUntilMs),
    signature: unsigned,
    advisory,
  }
  return `${visibleJson(document, 2)}\n`
}

/** The lines can be typed as they stand there, also by somebody else. */
async function asText(doc: RequestDoc, desk: RequestDesk, region: string | undefined): Promise<string> {
  const { id, body } = doc
  if (body.validUntilMs !== undefined) {
    return `Request ${id} is approved by the policy itself, until ${toTimestamp(body.validUntilMs)}.\n${placeText(desk)}`
  }
  const { requiredApprovals, answers } = explainApprovers(await desk.policy(body.profile), stateOf(doc))
  const who = answers.flatMap(({ who, may }) => (may ? [who] : []))
  const where = `${flagGiven('request-table', desk.table)}${flagGiven('region', region)}`
  const count = requiredApprovals === 1 ? 'one' : String(requiredApprovals)
  return [
    `Request ${id} waits for approval until ${toTimestamp(body.expiresAtMs)}.`,
    `  ask      ${count} of ${who.join(', ')}`,
    `  role     ${printable(body.roleArn ?? 'none')}`,
    `  approve  sentinel approve ${id}${where}`,
    `  look     sentinel check ${id}${where}`,
    placeText(desk),
  ].join('\n')
}
