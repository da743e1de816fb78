// `--output json` and `--format json` are `--json`, as in the reference (W36). The lean parser knows neither, and leaves such
// a command line to the framework.

import type { Command } from './command.ts'

/** `--output json` as `--json`, for commands that have that and no such flag of their own. */
export function withJsonFlag(command: Command, args: readonly string[]): readonly string[] {
  if (
    command.group === 'language' ||
    command.flags.json?.type !== 'boolean' ||
    command.flags.output !== undefined
  )
    return args
  return jsonSpelled(args)
}

/** A command line in which the form of the answer is said by `--json` or `--no-json`. Other forms stay: nobody has them. */
export function jsonSpelled(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--')
  const own = end === -1 ? args : args.slice(0, end)
  const spelled = own.flatMap((arg, at) => {
    if (isFormFlag(own[at - 1]) && isForm(arg)) return []
    const form = isFormFlag(arg) ? own[at + 1] : /^--(?:output|format)=(.*)$/s.exec(arg)?.[1]
    return isForm(form) ? [form === 'json' ? '--json' : '--no-json'] : [arg]
  })
  return [...spelled, ...args.slice(own.length)]
}

const isFormFlag = (arg: string | undefined) => arg === '--output' || arg === '--format'
const isForm = (text: string | undefined) => text === 'json' || text === 'human'
