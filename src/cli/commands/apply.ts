// `sentinel apply`: policies against the inputs of a configuration. Reading of configuration, HTTP, terminal and
// colours are loaded where they are needed only: a small policy costs hardly more than the start of Node.

import { printable, SentinelError, visibleJson } from '../../base/index.ts'
import type { Policy } from '../../lang/index.ts'
import { openGarbage } from '../../machine/index.ts'
import {
  bytesBeside,
  type Configuration,
  exitStatusOf,
  type Finding,
  findingLines,
  inputsOf,
  isBroken,
  limitsWithin,
  noOutcomeJson,
  type Outcome,
  openPolicy,
  openShelf,
  outcomeJson,
  outcomeOf,
  outcomeText,
  type Paint,
  type PolicyBlock,
  type Project,
  readAssignment,
  readGiven,
  resultsTooLarge,
  type Shelf,
  type Show,
  settle,
  timeIsUp,
  valueJson,
} from '../../project/index.ts'
import { command } from '../command.ts'
import type { Deps } from '../deps.ts'
import { diskFiles } from '../disk-files.ts'
import { type Advice, readNamed } from '../policy-files.ts'
import { colourFlag } from './language.ts'

export const apply = command({
  name: 'apply',
  summary: 'Evaluate policies and say whether they pass',
  description: [
    'POLICY is a file, or the name of a policy of the configuration; without it, all policies of the configuration are evaluated, whatever becomes of the others.',
    'The configuration is the file or folder of --config, otherwise all *.hcl files of this folder with their override files. Only one that is named may enable `http`.',
  ],
  examples: [
    'sentinel apply policy.sentinel',
    'sentinel apply -trace -param limit=3 -global \'request={"user": "alice"}\' policy.sentinel',
    'sentinel apply -config=sentinel.hcl -json',
  ],
  group: 'language',
  exits: 'apply',
  jsonOfFailure: noOutcomeJson,
  flags: {
    config: {
      type: 'string',
      placeholder: 'path',
      help: 'configuration, HCL or JSON, or a folder of it (default: the *.hcl files of this folder)',
      again: 'name their folder: all *.hcl in it are one configuration',
    },
    param: {
      type: 'list',
      placeholder: 'name=value',
      help: 'value of a parameter: a text, or a JSON number, array, object or string; also SENTINEL_PARAM_<name>',
    },
    global: {
      type: 'list',
      placeholder: 'name=value',
      help: 'variable that the policies find, written like a parameter',
    },
    trace: {
      type: 'boolean',
      help: 'show what rules gave and what was printed, also for policies that pass',
    },
    json: { type: 'boolean', help: 'print JSON for a program to read, with the traces' },
    jsonRule: {
      type: 'string',
      placeholder: 'rule',
      help: 'print only what this rule of the policy gave, as JSON',
    },
    timeout: { type: 'timeout', help: 'how long all policies may take together (default: 4s for each)' },
    color: colourFlag,
  },
  positionals: {
    policy: {
      help: 'file, or name of a policy of the configuration',
      again: 'name one policy; several go into a configuration, which is evaluated as a whole',
    },
  },
  async run(deps, values) {
    const started = deps.clock.now()
    const shelf = openShelf(diskFiles(deps))
    const { configuration, findings } = await configurationOf(deps, shelf, values)
    if (!asJson(values)) warn(deps, findings)
    const given = givenOf(deps, values)
    const { paint, look } = await colours(deps, values.color && !asJson(values))
    const outcomes: Outcome[] = []
    const shown: Show = asJson(values)
      ? { kind: 'json' }
      : { kind: 'text', traces: values.trace ? 'all' : 'failed', look }
    const collectGarbage = openGarbage()
    const endsAt = values.timeout === undefined ? undefined : started + values.timeout
    for (const chosen of chosenPolicies(shelf, configuration, values.policy)) {
      const held = outcomes.reduce((sum, { weight }) => sum + weight, 0)
      outcomes.push(await evaluate(deps, { configuration, given, endsAt, held, shown }, chosen))
      await collectGarbage()
    }
    show(deps, { values, paint }, outcomes, { durationMs: deps.clock.now() - started, findings })
    return exitStatusOf(outcomes)
  },
})

type Values = {
  readonly config: string | undefined
  readonly param: readonly string[]
  readonly global: readonly string[]
  readonly trace: boolean
  readonly json: boolean
  readonly jsonRule: string | undefined
  readonly color: boolean
}

const asJson = ({ json, jsonRule }: Values) => json || jsonRule !== undefined

const nothing: Configuration = {
  policies: [],
  imports: new Map(),
  globals: new Map(),
  params: new Map(),
  rules: undefined,
  http: false,
  zone: undefined,
  isLegacy: false,
  size: 0,
  data: 0,
}

/** @throws SentinelError PROJECT_INVALID, FILE_UNREADABLE */
async function configurationOf(deps: Deps, shelf: Shelf, values: Values): Promise<Project> {
  const { config } = values
  const names = (config === undefined ? shelf.files.list('.') : undefined) ?? []
  if (config === undefined && !names.some((name) => name.endsWith('.hcl')))
    return { configuration: nothing, findings: [] }
  const { openConfiguration } = await import('../configuration.ts')
  return openConfiguration(deps, shelf, config)
}

function warn({ io }: Deps, findings: readonly Finding[]): void {
  for (const line of findingLines(findings)) io.stderr.write(`${line}\n`)
}

/** What the command line and the environment give, over the configuration. */
type Given = { readonly params: ReadonlyMap<string, unknown>; readonly globals: ReadonlyMap<string, unknown> }

/** @throws SentinelError USAGE */
function givenOf({ io }: Deps, { param, global }: Values): Given {
  const prefix = 'SENTINEL_PARAM_'
  const fromEnv = Object.entries(io.env).filter(([name]) => name.startsWith(prefix))
  return {
    params: new Map([
      ...fromEnv.map(([name, text]) => [name.slice(prefix.length), readGiven(name, text ?? '')] as const),
      ...param.map((text) => readAssignment('-param', text)),
    ]),
    globals: new Map(global.map((text) => readAssignment('-global', text))),
  }
}

/** A policy to evaluate, or why it cannot be. */
type Chosen = Pick<Outcome, 'name' | 'level'> & {
  readonly policy: Policy | undefined
  readonly block: PolicyBlock | undefined
  readonly findings: readonly Finding[]
}

/** How many findings are told of all policies, more or less. */
const maxFindings = 1000

/** One after the other, so that they need not all be there together. @throws SentinelError USAGE, FILE_UNREADABLE */
function* chosenPolicies(
  shelf: Shelf,
  { policies, size }: Configuration,
  wanted: string | undefined,
): Generator<Chosen> {
  const named = policies.filter(({ name }) => wanted === undefined || name === wanted)
  const room = Math.max(0, shelf.room - size)
  let told = 0
  for (const block of named) {
    const { policy, findings } = openPolicy(shelf, block, room)
    told += findings.length
    // Who has a thousand of them needs no more than the first of each other policy.
    const shown = told > maxFindings ? findings.slice(0, 1) : findings
    yield { name: block.name, level: block.level, block, policy, findings: shown }
  }
  if (named.length > 0) return
  if (wanted === undefined) {
    throw new SentinelError('USAGE', 'there is no policy to evaluate', {
      hint: 'name a file, or write `policy "name" { source = "./name.sentinel" }` into sentinel.hcl',
    })
  }
  const policy = readNamed(shelf.files, wanted, adviceFor(wanted, policies), () => shelf.policy(wanted, room))
  const findings = policy.diagnostics.map((diagnostic) => ({ source: policy.source, diagnostic }))
  const usable = isBroken(findings) ? undefined : policy
  yield { name: wanted, level: 'advisory', policy: usable, block: undefined, findings }
}

const adviceFor = (wanted: string, policies: readonly PolicyBlock[]): Advice => ({
  configuration: `name it with -config: sentinel apply -config=${wanted}`,
  folder: `name a policy, or the configuration in the folder: sentinel apply -config=${wanted}`,
  names: policies.map(({ name }) => name),
})

type Setting = {
  readonly configuration: Configuration
  readonly given: Given
  /** When all must be done, in milliseconds since the epoch. */
  readonly endsAt: number | undefined
  /** How many bytes are kept of the policies before. */
  readonly held: number
  /** As text a person may be asked for parameters. */
  readonly shown: Show
}

async function evaluate(deps: Deps, setting: Setting, chosen: Chosen): Promise<Outcome> {
  const { clock, machine } = deps
  const { policy, block, findings, name, level } = chosen
  const started = clock.now()
  const { configuration, given, endsAt, held, shown } = setting
  const untried = { name, level, result: undefined, trace: undefined, weight: 0, findings, durationMs: 0 }
  if (policy === undefined) return { ...untried, status: 'invalid' }
  if (endsAt !== undefined && started >= endsAt)
    return { ...untried, status: 'error', fault: timeIsUp(), file: policy.source.name }
  const bytes = bytesBeside(held)
  if (bytes === undefined)
    return { ...untried, status: 'error', fault: resultsTooLarge(), file: policy.source.name }
  const inputs = inputsOf(configuration, block)
  const params = new Map([...entriesOf(inputs.params), ...given.params])
  if (shown.kind === 'text') await askForParams(deps, policy, params)
  const result = await settle(
    policy,
    {
      ...inputs,
      params,
      globals: new Map([...entriesOf(inputs.globals), ...given.globals]),
      now: started,
      limits: limitsWithin(configuration, {
        clock,
        bytes,
        ...(endsAt === undefined ? {} : { wallMs: endsAt - started }),
      }),
    },
    async (need) => {
      const left = () => (endsAt === undefined ? Number.POSITIVE_INFINITY : endsAt - clock.now())
      return (await import('../http-answer.ts')).answerHttp(machine.wait, need, left)
    },
  )
  return outcomeOf({ name, level, durationMs: clock.now() - started }, result, findings, shown)
}

const entriesOf = (named: unknown) => (named instanceof Map ? [...(named as Map<string, unknown>)] : [])

/** Asks for parameters without a value, where there is a terminal. Elsewhere the policy says what it lacks. */
async function askForParams(deps: Deps, policy: Policy, params: Map<string, unknown>): Promise<void> {
  for (const { name, isRequired, position, description } of policy.parameters) {
    if (!isRequired || params.has(name)) continue
    const { ask } = await import('../terminal.ts')
    const place = `${position.file}:${position.line}:${position.column}`
    const about = description === '' ? '' : ` (${description})`
    try {
      const instead = { instead: `give it with -param ${name}=…` }
      params.set(
        name,
        readGiven(
          name,
          await ask(deps.io, `${place}: requires value for parameter ${name}${about}:`, instead),
        ),
      )
    } catch (thrown) {
      if (thrown instanceof SentinelError && thrown.code === 'TERMINAL_REQUIRED') return
      throw thrown
    }
  }
}

function show(
  deps: Deps,
  { values, paint }: { readonly values: Values; readonly paint: Paint },
  outcomes: readonly Outcome[],
  run: { readonly durationMs: number; readonly findings: readonly Finding[] },
): void {
  const { io } = deps
  if (values.jsonRule !== undefined) {
    writeJson(io, ruleValue(outcomes, values.jsonRule))
  } else if (values.json) {
    writeJson(io, outcomeJson(outcomes, run))
  } else {
    io.stdout.write(outcomeText(outcomes, paint))
    for (const { name, findings, fault, file } of outcomes) {
      warn(deps, findings)
      const place = file === undefined ? name : `${file}:1:1`
      if (fault !== undefined)
        io.stderr.write(
          `${[`${printable(place)}: error: ${fault.message}`, `  hint: ${fault.hint}`].join('\n')}\n`,
        )
    }
  }
}

/** The line break is written by itself: the text may be large, and would be copied. */
function writeJson({ stdout }: Deps['io'], document: unknown): void {
  stdout.write(visibleJson(document, 2))
  stdout.write('\n')
}

/** @throws SentinelError USAGE */
function ruleValue([only, ...others]: readonly Outcome[], name: string): unknown {
  if (only === undefined || others.length > 0) {
    throw new SentinelError('USAGE', '`-json-rule` needs one policy', { hint: 'name the policy' })
  }
  const rule = only.result?.trace.rules.find((each) => each.name === name)
  if (rule !== undefined) return valueJson(rule.value)
  throw new SentinelError('USAGE', `no rule \`${name}\` was evaluated in ${only.name}`, {
    details: findingLines(only.findings),
    hint: 'see all of them with -json',
  })
}

/** Colours where they are wanted and the output is a terminal; then the policy's own are shown too. */
async function colours(
  { io }: Deps,
  wanted: boolean,
): Promise<{ readonly look: 'coloured' | 'plain'; readonly paint: Paint }> {
  const plain = { look: 'plain', paint: (_status: string, line: string) => line } as const
  if (!wanted || (!io.stdout.isTTY && io.env.FORCE_COLOR === undefined)) return plain
  const { green, red, yellow, isColorSupported } = (await import('../colour.ts')).coloursOf(io.stdout, io.env)
  if (!isColorSupported) return plain
  const paint: Paint = (status, line) =>
    status === 'pass' ? green(line) : status === 'undefined' ? yellow(line) : red(line)
  return { look: 'coloured', paint }
}
