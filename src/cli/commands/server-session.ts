import { visibleJson } from '../../base/index.ts'
import { command } from '../command.ts'
import { atSessionDesk, foundSession, sessionFlags, sessionIdOf } from '../session-desk.ts'
import { sessionAsJson, sessionAsText } from '../session-view.ts'

export const serverSession = command({
  name: 'server-session',
  summary: 'Show one session of `exec --server`',
  examples: [
    'sentinel server-session 5f0c2a9b1d3e4f60 --table sentinel-sessions',
    'sentinel server-session 5f0c2a9b1d3e4f60 --table sentinel-sessions --json',
  ],
  positionals: { id: { help: 'session to show', required: true } },
  flags: sessionFlags,
  async run(deps, { id, ...values }) {
    const sessionId = sessionIdOf(id)
    return atSessionDesk(deps, values, async (desk) => {
      const doc = await foundSession(desk, sessionId)
      const nowMs = deps.clock.now()
      const json = () => `${visibleJson(sessionAsJson(doc, desk, nowMs), 2)}\n`
      deps.io.stdout.write(values.json ? json() : sessionAsText(doc, desk, nowMs))
      return 0
    })
  },
})
