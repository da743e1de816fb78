// The `control_group` of a path block: who else has to agree. Read and kept; while nothing asks them, it refuses.

import type { Name, ObjectValue, Value } from '../../hcl/index.ts'
import { capabilityBit } from './capability.ts'
import type { Block, Fields } from './reading.ts'
import type { ControlGroup, Factor } from './rule.ts'

/** Reads `control_group = { ttl = "4h" factor "a" { … } }`. */
export function readControlGroup(block: Block, value: Value): ControlGroup {
  const factors: Factor[] = []
  let ttlSeconds: number | undefined
  const fields: Fields = {
    ttl(ttl) {
      ttlSeconds = block.seconds(ttl, 'ttl')
    },
    factor(factor) {
      for (const each of readFactors(block, factor)) factors.push(each)
    },
  }
  block.fields(block.objects(value, 'control_group'), fields, ['factor'])
  // Without anybody to ask nobody can agree, and nobody would see why.
  if (factors.length === 0) block.report(value.span, 'control_group has no factor')
  return { ttlSeconds, factors }
}

function readFactors(block: Block, value: Value): readonly Factor[] {
  const entries = block.objects(value, 'factor').flatMap((object) => object.entries)
  return entries.map((entry) => readFactor(block, entry.name, block.objects(entry.value, 'factor')))
}

function readFactor(block: Block, name: Name, objects: readonly ObjectValue[]): Factor {
  let controlled = 0
  const people = { groupNames: [] as readonly string[], groupIds: [] as readonly string[], approvals: 1 }
  const fields: Fields = {
    controlled_capabilities(value) {
      controlled = readControlled(block, value)
    },
    identity: (value) => readIdentity(block, value, people),
  }
  block.fields(objects, fields, [])
  if (people.groupNames.length + people.groupIds.length === 0)
    block.report(name.span, `factor ${JSON.stringify(name.text)} names no group`)
  return { name: name.text, controlled, ...people }
}

function readIdentity(
  block: Block,
  value: Value,
  people: { groupNames: readonly string[]; groupIds: readonly string[]; approvals: number },
): void {
  const fields: Fields = {
    group_names(names) {
      people.groupNames = block.strings(names, 'group_names')
    },
    group_ids(ids) {
      people.groupIds = block.strings(ids, 'group_ids')
    },
    approvals(count) {
      people.approvals = block.count(count, 'approvals')
    },
  }
  block.fields(block.objects(value, 'identity'), fields, [])
}

/** Capabilities, and `write` for those that write. */
function readControlled(block: Block, value: Value): number {
  let set = 0
  for (const element of block.list(value, 'controlled_capabilities')) {
    const name = block.string(element, 'each of controlled_capabilities') ?? 'read'
    const bits = name === 'write' ? ['create', 'update'] : [name]
    for (const each of bits) {
      const bit = capabilityBit(each)
      if (bit === undefined) block.report(element.span, `invalid capability ${JSON.stringify(name)}`)
      set |= bit ?? 0
    }
  }
  return set
}
