import { printable, visibleJson } from '../../base/index.ts'
import { command } from '../command.ts'
import { placeText } from '../place.ts'
import { atSessionDesk, revoke, sessionFlags, sessionIdOf } from '../session-desk.ts'

export const serverRevoke = command({
  name: 'server-revoke',
  summary: 'Take a session of `exec --server` back: its next request for credentials is refused',
  description: [
    'What was issued already stays good until it expires, 15 minutes at most unless --server-duration says otherwise. ' +
      'Whoever may write to the table may revoke.',
  ],
  examples: [
    'sentinel server-revoke 5f0c2a9b1d3e4f60 --reason "Suspicious activity" --table sentinel-sessions --region us-east-1',
  ],
  positionals: { id: { help: 'session to revoke', required: true } },
  flags: {
    reason: {
      type: 'string',
      required: true,
      placeholder: 'text',
      help: 'why, for the record and for the refused',
    },
    ...sessionFlags,
  },
  async run(deps, { id, reason, ...values }) {
    const sessionId = sessionIdOf(id)
    return atSessionDesk(deps, values, async (desk) => {
      const { body } = await revoke(desk, sessionId, reason)
      const message = `session ${sessionId} is revoked: its next request for credentials is refused`
      const document = {
        id: sessionId,
        status: body.status,
        revoked_by: body.revokedBy,
        revoked_reason: body.revokedReason,
        message,
        advisory: desk.advisory,
      }
      const text = `Session ${sessionId} of ${printable(body.user)} for ${printable(body.profile)} is revoked: its next request is refused.\n${placeText(desk)}`
      deps.io.stdout.write(values.json ? `${visibleJson(document, 2)}\n` : text)
      return 0
    })
  },
})
