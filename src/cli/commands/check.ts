import { type RequestDoc, requestStatusAt } from '../../access/index.ts'
import { visibleJson } from '../../base/index.ts'
import { fact } from '../../gateway/index.ts'
import { explainApprovers } from '../../policy/index.ts'
import { type Approvers, approversAsJson, approversAsText } from '../approvers-view.ts'
import { command } from '../command.ts'
import { stateOf } from '../request-change.ts'
import { atRequestDesk, decidingFlags, found, type RequestDesk, requestIdOf } from '../request-desk.ts'
import { requestAsJson, requestAsText } from '../request-view.ts'

export const check = command({
  name: 'check',
  summary: 'Show one request for approval, and who may approve it',
  examples: ['sentinel check 5f0c2a9b1d3e4f60', 'sentinel check 5f0c2a9b1d3e4f60 --json'],
  positionals: { id: { help: 'request to show', required: true } },
  flags: decidingFlags,
  async run(deps, { id, ...values }) {
    const requestId = requestIdOf(id, ['check', id])
    return atRequestDesk(deps, values, async (desk) => {
      const doc = await found(desk, requestId)
      const nowMs = deps.clock.now()
      const approvers = await approversOf(desk, doc, nowMs)
      if (values.json) {
        const document = { ...requestAsJson(doc, desk, nowMs), ...approversAsJson(approvers) }
        deps.io.stdout.write(`${visibleJson(document, 2)}\n`)
      } else deps.io.stdout.write(requestAsText(doc, desk, nowMs) + approversAsText(approvers))
      return 0
    })
  },
})

/** What cannot be looked up keeps nobody from seeing the rest: it is said instead. */
async function approversOf(desk: RequestDesk, doc: RequestDoc, nowMs: number): Promise<Approvers> {
  const status = requestStatusAt(doc.body, nowMs)
  if (status !== 'pending') return { kind: 'over', status }
  const [caller, looked] = await Promise.all([
    fact(() => desk.errand.owner.caller()),
    fact(() => desk.policy(doc.body.profile)),
  ])
  if ('unavailable' in looked) return { kind: 'unknown', because: looked.unavailable }
  const asked = 'known' in caller ? [caller.known] : []
  const explained = explainApprovers(looked.known, stateOf(doc), asked)
  return { kind: 'told', explained, you: explained.asked[0], path: looked.known.path }
}
