// Imports of a source: what the host gives comes first (a mock may stand for anything), then the standard ones.
// A module runs once in an evaluation, whoever imports it.

import type { Source } from '../../source/index.ts'
import { type Setting, standardImport } from '../imports/standard.ts'
import { nameOfImport } from '../syntax/check.ts'
import type { Import, Program } from '../syntax/tree.ts'
import { fail } from '../values/failure.ts'
import { fromHost } from './border.ts'
import { type Imported, newUnit, type Unit } from './scope.ts'
import type { Walker } from './walker.ts'

/** A source that was read and checked. */
export type Readable = { readonly source: Source; readonly program: Program }

/** What a host may give for an import. */
export type Given = { readonly module: Readable } | { readonly data: unknown }

const maxModules = 100

/** Loads the imports of one evaluation. */
export class Loader {
  private readonly walker: Walker
  private readonly given: (path: string) => Given | undefined
  private readonly setting: Setting
  private readonly loaded = new Map<string, Imported | 'loading'>()

  constructor(walker: Walker, setting: Setting, given: (path: string) => Given | undefined) {
    this.walker = walker
    this.setting = setting
    this.given = given
  }

  /** Loads what a unit imports, and whatever that imports. */
  loadImports(unit: Unit): void {
    for (const item of unit.program.imports) {
      this.walker.place = { source: unit.source, span: item.span }
      unit.imports.set(nameOfImport(item), this.load(item))
    }
  }

  private load({ path }: Import): Imported {
    const known = this.loaded.get(path)
    if (known === 'loading') return fail(`import \`${path}\` imports itself`)
    if (known !== undefined) return known
    if (this.loaded.size >= maxModules) fail(`more than ${maxModules} imports`)
    this.loaded.set(path, 'loading')
    const imported = this.open(path)
    this.loaded.set(path, imported)
    return imported
  }

  private open(path: string): Imported {
    const given = this.given(path)
    if (given === undefined) return standardImport(path, this.setting) ?? fail(`unknown import \`${path}\``)
    if ('data' in given) return { kind: 'value', value: fromHost(given.data) }
    return { kind: 'module', unit: this.runModule(given.module) }
  }

  private runModule({ source, program }: Readable): Unit {
    const unit = newUnit(source, program)
    const [param] = program.params
    if (param !== undefined) {
      this.walker.place = { source, span: param.span }
      fail('a module cannot have parameters')
    }
    this.loadImports(unit)
    this.walker.run(unit)
    return unit
  }
}
