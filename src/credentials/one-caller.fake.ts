// One `credentials` of many: run as a process of its own by the test of callers at once. Prints what it got.
// node one-caller.cjs HOME ENDPOINT NUMBER

import { machine } from '../../dev/machine.ts'
import { openKeys, paths } from '../machine/index.ts'
import { baseCredentials, findCaller, issueCredentials, planOf } from './index.ts'

const [, , home = '', url = '', requestId = ''] = process.argv
const { platform } = machine
const places = paths(platform, {}, home)
const env = { AWS_ENDPOINT_URL: url }
const means = {
  machine,
  keys: openKeys(machine, places.keysFile),
  paths: places,
  env,
  version: 'test',
  resolve: platform.path.resolve,
  authorities: new Map(),
  signal: new AbortController().signal,
  askForCode: async () => undefined,
}

async function issued() {
  const plan = await planOf(means, {
    profile: 'dev',
    region: 'us-east-1',
    userSession: 'fetched',
    foreignEndpoints: 'accepted',
  })
  const deps = { ...means, config: plan.config }
  const { recipe } = plan
  const base = await baseCredentials(deps, recipe)
  const caller = await findCaller(deps, plan, async () => base)
  const sourceIdentity = `sentinel,alice,${requestId}`
  return issueCredentials(deps, { recipe, base, caller, requestId, sourceIdentity, terms: {} })
}

void issued().then(({ credentials, issuedBy, served }) =>
  process.stdout.write(JSON.stringify({ accessKeyId: credentials.accessKeyId, issuedBy, served })),
)
