// Who may approve a request and who may not, as it is shown.

import type { RequestStatus } from '../access/index.ts'
import { printable, type SentinelError } from '../base/index.ts'
import type { ApproverAnswer, ApproversExplained } from '../policy/index.ts'
import { tableText } from './table.ts'

/** What can be said of it. */
export type Approvers =
  | {
      readonly kind: 'told'
      readonly explained: ApproversExplained
      /** About whoever looks. */
      readonly you: ApproverAnswer | undefined
      /** Where the policy is. */
      readonly path: string
    }
  | { readonly kind: 'over'; readonly status: RequestStatus }
  | { readonly kind: 'unknown'; readonly because: SentinelError }

/** For people. */
export function approversAsText(approvers: Approvers): string {
  switch (approvers.kind) {
    case 'over':
      return ''
    case 'unknown': {
      const { message, code } = approvers.because
      return `\nWho may approve cannot be told: ${printable(message)} [${code}]\n`
    }
    case 'told': {
      const { explained, you, path } = approvers
      const { rule, answers, otherwise } = explained
      const by = rule === undefined ? printable(path) : `rule ${printable(rule)} of ${printable(path)}`
      const rows = [
        ...answers.map((answer) => rowOf(answer, answer.who)),
        ...(you === undefined ? [] : [rowOf(you, `you (${you.who})`)]),
      ]
      const table = rows.length === 0 ? '' : indented(tableText(['WHO', 'MAY', 'WHY'], rows))
      return `\nWho may approve (${by}):\n${table}  Others may not: ${printable(otherwise)}.\n`
    }
  }
}

/** For programs: keys beside those of the request. */
export function approversAsJson(approvers: Approvers) {
  switch (approvers.kind) {
    case 'over':
      return { approvers: [] }
    case 'unknown': {
      const { code, message } = approvers.because
      return { approvers: null, approvers_error: { code, message } }
    }
    case 'told': {
      const { explained, you, path } = approvers
      const { rule, answers, otherwise } = explained
      return { approval_policy: path, approval_rule: rule, approvers: answers, you, others: otherwise }
    }
  }
}

const rowOf = ({ may, because }: ApproverAnswer, who: string) => [who, may ? 'yes' : 'no', because]

const indented = (table: string) => table.replace(/^(?=.)/gm, '  ')
