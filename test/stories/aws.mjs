#!/usr/bin/env node
// Stands in for the AWS CLI where it is not installed: `aws SERVICE OPERATION --parameter value …`, on the SDK.
// It knows the forms that the stories use and refuses what it does not know.

import { readFileSync } from 'node:fs'

const clients = {
  cloudtrail: () => import('@aws-sdk/client-cloudtrail'),
  dynamodb: () => import('@aws-sdk/client-dynamodb'),
  ssm: () => import('@aws-sdk/client-ssm'),
  sts: () => import('@aws-sdk/client-sts'),
}
const pascal = (kebab) => kebab.replace(/(?:^|-)([a-z0-9])/g, (_, letter) => letter.toUpperCase())
const fail = (message) => {
  process.stderr.write(`aws (stand-in): ${message}\n`)
  process.exit(252)
}

const [words, flags] = read(process.argv.slice(2))
const [service = '', operation = ''] = words
if (!Object.hasOwn(clients, service) || words.length !== 2)
  fail('usage: aws SERVICE OPERATION [--parameter value …]')
const { profile, region, output = 'json', ...parameters } = flags
if (output !== 'json') fail('it prints JSON only')
if (profile !== undefined) process.env.AWS_PROFILE = profile

const module = await clients[service]()
const Command = module[`${pascal(operation)}Command`]
if (Command === undefined) fail(`${service} has no ${operation}`)
const Client = Object.entries(module).find(
  ([name]) => /^[A-Za-z]+Client$/.test(name) && !name.startsWith('_'),
)[1]
const input = Object.fromEntries(
  Object.entries(parameters).map(([name, value]) => [pascal(name), toInput(value)]),
)
try {
  const { $metadata, ...answer } = await new Client(region === undefined ? {} : { region }).send(
    new Command(input),
  )
  if (Object.keys(answer).length > 0) process.stdout.write(`${JSON.stringify(answer, null, 4)}\n`)
} catch (error) {
  process.stderr.write(
    `\nAn error occurred (${error.name}) when calling the ${pascal(operation)} operation: ${error.message}\n`,
  )
  process.exit(254)
}

function read(args) {
  const words = []
  const flags = {}
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]
    if (!arg.startsWith('--')) {
      words.push(arg)
      continue
    }
    const [name, inline] = arg.slice(2).split(/=(.*)/s)
    const next = args[at + 1]
    const takesNext = inline === undefined && next !== undefined && !next.startsWith('--')
    flags[name] = inline ?? (takesNext ? next : !name.startsWith('no-'))
    if (takesNext) at++
  }
  return [words, flags]
}

/** As the AWS CLI reads values: files, JSON, numbers; text otherwise. */
function toInput(value) {
  if (typeof value !== 'string') return value
  if (value.startsWith('file://')) return readFileSync(value.slice('file://'.length), 'utf8')
  if (/^[[{]/.test(value)) return JSON.parse(value)
  const pairs = /^(\w+=[^,]*)(,\w+=[^,]*)*$/.test(value)
    ? value.split(',').map((pair) => pair.split(/=(.*)/s))
    : []
  if (pairs.length > 0) return [Object.fromEntries(pairs.map(([name, text]) => [name, text]))]
  return /^\d{1,9}$/.test(value) ? Number(value) : value
}
