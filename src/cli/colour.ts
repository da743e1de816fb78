import picocolors from 'picocolors'
import type { Env } from '../machine/index.ts'
import type { Output } from './io.ts'

export type Colours = ReturnType<typeof picocolors.createColors>

/** The colours of an output: real ones on a terminal, none elsewhere; NO_COLOR and FORCE_COLOR are heard. */
export function coloursOf(output: Output, env: Env): Colours {
  return picocolors.createColors(isColourful(output, env))
}

function isColourful(output: Output, env: Env): boolean {
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return env.FORCE_COLOR !== '0'
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  return output.isTTY && env.TERM !== 'dumb'
}
