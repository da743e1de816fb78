// Imports of a source: what the host gives comes first (a mock may stand for anything), then the standard ones.
// A module runs once in an evaluation, whoever imports it. How it runs is the evaluator's business.

import type { Source } from '../../source/index.ts'
import { type Setting, standardImport } from '../imports/standard.ts'
import { nameOfImport } from '../syntax/check.ts'
import type { Import, Program } from '../syntax/tree.ts'
import { textToBytes } from '../values/bytes.ts'
import { Dict } from '../values/dict.ts'
import { fail, type Terms } from '../values/failure.ts'
import type { Value } from '../values/value.ts'
import { fromHost } from './border.ts'
import type { Imported, Place } from './scope.ts'

/** A source that was read and checked. */
export type Readable = { readonly source: Source; readonly program: Program }

/** What a host may give for an import. */
export type Given<R extends Readable = Readable> = { readonly module: R } | { readonly data: unknown }

/** Runs modules. */
export type Runner<R extends Readable, Module> = {
  /** Notes where the evaluation is. */
  at(place: Place): void
  /** On what terms data comes in. */
  readonly terms: Terms
  /** Runs a module; `load` first gives it what it imports. */
  runModule(module: R, load: () => Imports<Module>): Module
}

/** What a source imports, by the names it uses. */
export type Imports<Module> = ReadonlyMap<string, Imported<Module>>

const maxModules = 100

/** Loads the imports of one evaluation. */
export class Loader<R extends Readable, Module> {
  private readonly runner: Runner<R, Module>
  private readonly given: (path: string) => Given<R> | undefined
  private readonly setting: Setting
  private readonly loaded = new Map<string, Imported<Module> | 'loading'>()

  constructor(runner: Runner<R, Module>, setting: Setting, given: (path: string) => Given<R> | undefined) {
    this.runner = runner
    this.setting = setting
    this.given = given
  }

  /** Loads what a source imports, and whatever that imports. */
  importsOf({ source, program }: Readable): Imports<Module> {
    const imports = new Map<string, Imported<Module>>()
    for (const item of program.imports) {
      this.runner.at({ source, span: item.span })
      imports.set(nameOfImport(item), this.load(item))
    }
    return imports
  }

  private load({ path }: Import): Imported<Module> {
    const known = this.loaded.get(path)
    if (known === 'loading') return fail(`import \`${path}\` imports itself`)
    if (known !== undefined) return known
    if (this.loaded.size >= maxModules) fail(`more than ${maxModules} imports`)
    this.loaded.set(path, 'loading')
    const imported = this.open(path)
    this.loaded.set(path, imported)
    return imported
  }

  private open(path: string): Imported<Module> {
    const given = this.given(path)
    if (given === undefined) {
      return standardImport(path, this.setting) ?? this.inside(path) ?? fail(`unknown import \`${path}\``)
    }
    if ('data' in given) return { kind: 'value', value: fromHost(given.data, this.runner.terms) }
    return { kind: 'module', unit: this.runModule(given.module) }
  }

  /** What a path leads to inside of data whose own path is its beginning: `pets/dogs` is `dogs` of `pets`. */
  private inside(path: string): Imported<Module> | undefined {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const given = this.given(path.slice(0, at))
      if (given === undefined || !('data' in given)) continue
      let value = fromHost(given.data, this.runner.terms)
      for (const part of path.slice(at + 1).split('/')) value = partOf(value, part, path)
      return { kind: 'value', value }
    }
    return undefined
  }

  private runModule(module: R): Module {
    const [param] = module.program.params
    if (param !== undefined) {
      this.runner.at({ source: module.source, span: param.span })
      fail('a module cannot have parameters')
    }
    return this.runner.runModule(module, () => this.importsOf(module))
  }
}

/** What a map holds under one part of a path. */
function partOf(value: Value, part: string, path: string): Value {
  const key = textToBytes(part)
  return value instanceof Dict && value.has(key)
    ? value.get(key)
    : fail(`import \`${path}\` leads nowhere: there is no \`${part}\``)
}
