// The zone that the import `time` shows times in, as a configuration names it (specification 3.3):
// `import "plugin" "time" { config = { timezone = "Europe/Berlin" } }`.

import { closest, isTimeZone, knownTimeZones, zoneOffsets } from '../base/index.ts'
import type { TimeZone } from '../lang/index.ts'
import { type Finding, problem } from './files.ts'
import { didYouMean } from './forms.ts'
import type { Field } from './section.ts'

/** The zone in the attribute `config` of the import `time`; or what is wrong with it. */
export function zoneIn({ value, source }: Field): { zone: TimeZone } | { finding: Finding } {
  if (value.kind !== 'object') {
    return {
      finding: problem(
        source,
        value.span,
        '`config` must be an object',
        'write `config = { timezone = "…" }`',
      ),
    }
  }
  let zone: TimeZone | undefined
  for (const { name, value: one } of value.entries) {
    if (name.text !== 'timezone') {
      const message = `unknown attribute \`${name.text}\` of the import \`time\``
      return { finding: problem(source, name.span, message, didYouMean(name.text, ['timezone'])) }
    }
    if (one.kind !== 'string' || !isTimeZone(one.value)) {
      const near = one.kind === 'string' ? closest(one.value, knownTimeZones()) : undefined
      const hint = near === undefined ? 'write a name such as Europe/Berlin' : `did you mean \`${near}\`?`
      return { finding: problem(source, one.span, '`timezone` must be the name of a time zone', hint) }
    }
    zone = zoneNamed(one.value)
  }
  if (zone !== undefined) return { zone }
  const hint = 'write `config = { timezone = "Europe/Berlin" }`'
  return { finding: problem(source, value.span, 'the import `time` needs a `timezone`', hint) }
}

function zoneNamed(name: string): TimeZone {
  const offsetAt = zoneOffsets(name)
  return { name, offsetSeconds: (atMs) => Math.round(offsetAt(atMs) / 1000) }
}
