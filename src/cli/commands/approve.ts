import type { RequestDoc } from '../../access/index.ts'
import { formatDuration, printable, SentinelError, toTimestamp, visibleJson } from '../../base/index.ts'
import { type Command, command } from '../command.ts'
import { type Place, placeText } from '../place.ts'
import { cancelRequest, settleRequest } from '../request-change.ts'
import { atRequestDesk, decidingFlags, type RequestDesk, requestFlags, requestIdOf } from '../request-desk.ts'
import { unsigned, unsignedText } from '../request-view.ts'

const settling = {
  positionals: { id: { help: 'request to decide about', required: true } },
  flags: {
    comment: { type: 'string', placeholder: 'text', help: 'what to say about it, up to 500 characters' },
    ...decidingFlags,
  },
} as const

export const approve: Command = command({
  name: 'approve',
  summary: "Approve somebody's request",
  description: [
    'The approval policy of its profile says who may. Whoever asked may not, under whatever name they come. The window ' +
      'starts now.',
  ],
  examples: [
    'sentinel approve 5f0c2a9b1d3e4f60',
    'sentinel approve 5f0c2a9b1d3e4f60 --comment "Go on, I am watching" --json',
  ],
  ...settling,
  async run(deps, { id, ...values }) {
    const [requestId, comment] = [requestIdOf(id), commentOf(values)]
    return atRequestDesk(deps, values, async (desk) => {
      const doc = await settleRequest(desk, 'approve', requestId, comment)
      deps.io.stdout.write(values.json ? asJson(doc, desk) : approvedText(doc, desk))
      return 0
    })
  },
})

export const deny: Command = command({
  name: 'deny',
  summary: "Deny somebody's request",
  description: ['Whoever may approve a request may deny it. One denial ends it.'],
  examples: ['sentinel deny 5f0c2a9b1d3e4f60', 'sentinel deny 5f0c2a9b1d3e4f60 --comment "Use staging"'],
  ...settling,
  async run(deps, { id, ...values }) {
    const [requestId, comment] = [requestIdOf(id), commentOf(values)]
    return atRequestDesk(deps, values, async (desk) => {
      const doc = await settleRequest(desk, 'deny', requestId, comment)
      deps.io.stdout.write(values.json ? asJson(doc, desk) : endedText(doc, desk))
      return 0
    })
  },
})

export const cancel: Command = command({
  name: 'cancel',
  summary: 'Take back your own request',
  description: ['A request can be taken back while it waits, by whoever made it.'],
  examples: ['sentinel cancel 5f0c2a9b1d3e4f60', 'sentinel cancel 5f0c2a9b1d3e4f60 --json'],
  positionals: { id: { help: 'request to take back', required: true } },
  flags: requestFlags,
  async run(deps, { id, ...values }) {
    const requestId = requestIdOf(id)
    return atRequestDesk(deps, values, async (desk) => {
      const doc = await cancelRequest(desk, requestId)
      deps.io.stdout.write(values.json ? asJson(doc, desk) : endedText(doc, desk))
      return 0
    })
  },
})

const longestComment = 500

/** @throws SentinelError USAGE */
function commentOf({ comment = '' }: { readonly comment: string | undefined }): string {
  const { length } = [...comment]
  if (length <= longestComment) return comment
  throw new SentinelError('USAGE', `the comment has ${length} characters`, {
    hint: `write \`--comment\` in up to ${longestComment} characters`,
  })
}

function asJson({ id, body }: RequestDoc, { advisory }: RequestDesk): string {
  const { validUntilMs } = body
  const document = {
    id,
    profile: body.profile,
    role_arn: body.roleArn,
    status: body.status,
    approver: body.approver,
    approver_comment: body.approverComment,
    updated_at: toTimestamp(body.updatedAtMs),
    required_approvals: body.requiredApprovals,
    approvals: body.approvals.length,
    valid_until: validUntilMs === undefined ? undefined : toTimestamp(validUntilMs),
    signature: unsigned,
    advisory,
  }
  return `${visibleJson(document, 2)}\n`
}

function approvedText({ id, body }: RequestDoc, place: Place): string {
  const { validUntilMs, requiredApprovals, approvals } = body
  if (validUntilMs === undefined) {
    return `Request ${id} has ${approvals.length} of ${requiredApprovals} approvals, and waits for more.\n${placeText(place)}`
  }
  const [who, profile] = [body.requester, body.profile].map(printable)
  const until = `until ${toTimestamp(validUntilMs)} (${formatDuration(body.durationSeconds)})`
  const use = body.singleUse ? ' once' : ''
  // The profile is a name in the file of whoever asked.
  const role = body.roleArn === undefined ? '' : `For the role ${printable(body.roleArn)} and no other.\n`
  return `Request ${id} is approved: ${who} may use ${profile}${use} ${until}.\n${role}${unsignedText}\n${placeText(place)}`
}

const endedText = ({ id, body }: RequestDoc, place: Place) =>
  `Request ${id} is ${body.status}.\n${placeText(place)}`
