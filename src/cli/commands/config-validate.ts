import { asSentinelError, printable, SentinelError, visibleJson } from '../../base/index.ts'
import { checkDocument, type DocumentKind, documentKinds } from '../../policy/index.ts'
import { type Diagnostic, draw, positionOf, type Source } from '../../source/index.ts'
import { command } from '../command.ts'
import { type Deps, once } from '../deps.ts'
import { openGateway } from '../gateway-deps.ts'
import { policyStore } from '../policy-store.ts'
import { openProfile } from '../profile.ts'
import { ownReach, roleReach } from '../reach.ts'
import { openWays } from '../ways.ts'
import { awsFlags, logFileFlag } from './shared.ts'

/** One checked document: the text with what was found in it, or why it could not be read. */
type Checked =
  | { readonly kind: DocumentKind; readonly source: Source; readonly found: readonly Diagnostic[] }
  | { readonly kind: DocumentKind; readonly name: string; readonly failed: SentinelError }

export const configValidate = command({
  name: 'config validate',
  summary: 'Check policy documents and show every error in them',
  description: [
    'A document is an access, approval, break-glass or rate-limit policy: its `kind` says which, or else its keys.',
    'Exit status 0 when nothing is wrong; warnings do not count as errors.',
  ],
  examples: [
    'sentinel config validate policy.yaml',
    'sentinel config validate --path policy.yaml --json',
    'sentinel config validate --type approval approval.yaml',
    'sentinel config validate --ssm /sentinel/policies/dev --aws-profile dev',
  ],
  flags: {
    path: { type: 'list', short: 'p', placeholder: 'file', help: 'file to check' },
    ssm: { type: 'list', placeholder: 'parameter', help: 'SSM parameter to check' },
    type: {
      type: 'choice',
      choices: [...documentKinds, 'bootstrap'],
      help: 'what kind of document each must be; `policy` is an access policy (default: what it says itself)',
    },
    output: {
      type: 'choice',
      choices: ['human', 'json'],
      default: 'human',
      help: 'how to print the findings',
    },
    json: { type: 'boolean', help: 'print JSON for a program to read' },
    region: awsFlags.region,
    awsProfile: { ...awsFlags.awsProfile, env: 'AWS_PROFILE', default: 'default' },
    insecureEndpoint: awsFlags.insecureEndpoint,
    ...logFileFlag('decision log, where --aws-profile has a role to assume (default: in the state folder)'),
  },
  positionals: { paths: { help: 'files to check', repeated: true } },
  async run(deps, values) {
    const { paths, path, ssm, type, output, json, region, awsProfile, insecureEndpoint, logFile } = values
    if (type === 'bootstrap') throw readByNobody()
    const files = [...paths, ...path]
    if (files.length + ssm.length === 0) throw nothingToCheck()
    const checked: Checked[] = []
    for (const file of files) checked.push(await check(deps, type, file, async () => deps.readText(file)))
    const store = once(async () => {
      const gateway = openGateway(deps)
      const ways = openWays(gateway)
      const means = await openProfile(gateway, { profile: awsProfile, region, insecureEndpoint }, ways)
      if (means.recipe.hops.length === 0) return policyStore(gateway, ownReach(means))
      const log = gateway.openLog({ logFile, logStderr: false })
      const record = { log, requestId: gateway.newRequestId(), ways }
      return policyStore(gateway, roleReach(gateway, means, means, record))
    })
    for (const name of ssm)
      checked.push(await check(deps, type, name, async () => (await (await store()).get(name)).value))
    if (json || output === 'json') deps.io.stdout.write(asJson(checked))
    else deps.io.stdout.write(asText(checked))
    return checked.every(isValid) ? 0 : 1
  },
})

async function check(
  deps: Deps,
  expected: DocumentKind | undefined,
  name: string,
  read: () => Promise<string>,
): Promise<Checked> {
  try {
    const source = { name, text: await read() }
    const at = { nowMs: deps.clock.now(), tzVersion: deps.tzVersion }
    return { source, ...(await checkDocument(source, at, expected)) }
  } catch (thrown) {
    return { kind: expected ?? 'policy', name, failed: asSentinelError(thrown) }
  }
}

const isValid = (each: Checked) =>
  'found' in each && each.found.every((diagnostic) => diagnostic.severity !== 'error')

function asText(checked: readonly Checked[]): string {
  const blocks = checked.map((each) => {
    const mark = isValid(each) ? '#' : 'X'
    const heading = `${mark} ${printable('failed' in each ? each.name : each.source.name)} (${each.kind})`
    if ('failed' in each) return [heading, ...failureLines(each.failed)]
    return [heading, ...each.found.flatMap((diagnostic) => draw(each.source, diagnostic))]
  })
  const { total, valid, errors, warnings } = summaryOf(checked)
  const counts = `${valid} of ${total} valid, ${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`
  return `${[...blocks.map((lines) => lines.join('\n')), counts].join('\n\n')}\n`
}

function asJson(checked: readonly Checked[]): string {
  const results = checked.map((each) => ({
    config_type: each.kind,
    source: 'failed' in each ? each.name : each.source.name,
    valid: isValid(each),
    issues: 'failed' in each ? [failureIssue(each.failed)] : each.found.map((one) => issue(each.source, one)),
  }))
  return `${visibleJson({ results, summary: summaryOf(checked) }, 2)}\n`
}

function issue(source: Source, { severity, location, message, hint, span }: Diagnostic) {
  return {
    severity,
    location: location ?? '',
    message,
    suggestion: hint,
    ...positionOf(source.text, span.start),
  }
}

function failureIssue({ code, message, hint }: SentinelError) {
  return { severity: 'error', location: '', message, suggestion: hint, code }
}

function summaryOf(checked: readonly Checked[]) {
  const count = (severity: Diagnostic['severity']) =>
    checked.flatMap((each) => ('found' in each ? each.found : [])).filter((one) => one.severity === severity)
      .length
  const unread = checked.filter((each) => 'failed' in each).length
  const valid = checked.filter(isValid).length
  return {
    total: checked.length,
    valid,
    invalid: checked.length - valid,
    errors: count('error') + unread,
    warnings: count('warning'),
  }
}

function failureLines({ code, message, hint }: SentinelError): readonly string[] {
  const advice = hint === undefined ? [] : [`  hint: ${printable(hint)}`]
  return [`  ${printable(message)} [${code}]`, ...advice]
}

function readByNobody(): SentinelError {
  return new SentinelError(
    'USAGE',
    'documents of type `bootstrap` cannot be checked: no command reads them',
    {
      hint: 'give `sentinel init bootstrap` its flags instead',
    },
  )
}

function nothingToCheck(): SentinelError {
  return new SentinelError('USAGE', 'there is nothing to check', {
    hint: 'name a file, or a parameter with --ssm',
  })
}
