import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

// Serving cached credentials must not load what is only needed to get new ones: it is most of the time that the
// program takes. What a file imports statically is loaded with it; what waits is behind `await import(…)`.

const staticImport = /^(?:import|export)\s(?!type\b)[^'"]*?from\s+'([^']+)'/gm

/** Every module that loading a file loads, by name or path. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(staticImport)) {
    if (target.startsWith('.')) loadedWith(join(dirname(file), target), seen)
    else seen.add(target)
  }
  return seen
}

describe('loading the face of this room', () => {
  const loaded = [...loadedWith(join(import.meta.dirname, 'index.ts'))]

  it('loads no package but the keyring', () => {
    const packages = loaded.filter((name) => !name.startsWith('/') && !name.startsWith('node:'))
    // Its native part is imported where the sources run; the build loads it when keys lie there (test/build.test.ts).
    expect(packages).toEqual(['@napi-rs/keyring'])
  })

  it('loads nothing of Node that takes long', () => {
    const light = ['node:buffer', 'node:crypto', 'node:fs', 'node:path']
    const builtins = loaded.filter((name) => name.startsWith('node:') || builtinModules.includes(name))
    expect(builtins.filter((name) => !light.includes(name))).toEqual([])
    expect(builtins).toContain('node:crypto')
  })

  it('leaves processes, SSO and the SDK for when they are needed', () => {
    const room = (file: string) => join(import.meta.dirname, file)
    for (const file of [
      'issue.ts',
      'process.ts',
      'sso.ts',
      '../aws/sts.ts',
      '../aws/ssm.ts',
      '../aws/sso.ts',
      '../aws/call.ts',
    ]) {
      expect(loaded).not.toContain(room(file))
    }
  })
})
