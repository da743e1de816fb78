// What the grammar allows and the language does not, and what needs no evaluation to be seen
// (specification 2.2, 2.10, 11): misplaced jumps, names that clash, values that nobody gets.

import { type Diagnostic, maxWord, type Span } from '../../source/index.ts'
import { constants, predeclared } from './predeclared.ts'
import { maxDiagnostics } from './tokens.ts'
import type { Expression, Import, Name, Program } from './tree.ts'
import { childrenOf, everyNode, pushChildren, type TreeNode } from './visit.ts'

type Place = { readonly inFunction: boolean; readonly inLoop: boolean }
type Report = (message: string, span: Span, hint?: string) => void

/** Everything that is statically wrong with a program. */
export function check(program: Program): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const report: Report = (message, span, hint) => {
    if (diagnostics.length < maxDiagnostics) diagnostics.push({ severity: 'error', message, span, hint })
  }
  checkImports(program.imports, report)
  checkParams(program, report)
  checkJumps(program.statements, report)
  for (const node of everyNode(program.statements)) {
    for (const { text, span } of namesMadeBy(node)) {
      if (constants.has(text)) report(`\`${text}\` cannot be assigned`, span)
    }
    if (node.kind === 'function') checkParameters(node.parameters, report)
  }
  checkAppend(program.statements, report)
  return diagnostics.sort((a, b) => a.span.start - b.span.start)
}

/** The name that an import goes by in its file. */
export const nameOfImport = ({ alias, path }: Import) => alias?.text ?? path

const isIdentifier = (text: string) => /^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(text)

function checkImports(imports: readonly Import[], report: Report): void {
  const pathOf = new Map<string, string>()
  const nameOf = new Map<string, string>()
  for (const item of imports) {
    const name = nameOfImport(item)
    if (item.path.length > maxWord) {
      report(`the path of an import of more than ${maxWord} letters`, item.span)
      continue
    }
    const [otherPath, otherName] = [pathOf.get(name), nameOf.get(item.path)]
    if (!isIdentifier(name)) report(`import \`${item.path}\` needs a name`, item.span, 'add `as` and a name')
    else if (otherPath !== undefined && otherPath !== item.path)
      report(`\`${name}\` is the name of another import`, item.span)
    else if (otherName !== undefined && otherName !== name)
      report(`\`${item.path}\` is imported as \`${otherName}\` already`, item.span)
    if (constants.has(name)) report(`an import cannot be named \`${name}\``, item.span)
    pathOf.set(name, item.path)
    nameOf.set(item.path, name)
  }
}

function checkParams({ imports, params }: Program, report: Report): void {
  const importNames = new Set(imports.map(nameOfImport))
  const seen = new Set<string>()
  for (const { name } of params) {
    if (importNames.has(name.text)) report(`parameter \`${name.text}\` has the name of an import`, name.span)
    if (predeclared.has(name.text)) report(`parameter \`${name.text}\` has a predeclared name`, name.span)
    if (seen.has(name.text)) report(`parameter \`${name.text}\` is declared twice`, name.span)
    seen.add(name.text)
  }
}

function checkJumps(statements: readonly TreeNode[], report: Report): void {
  const outside: Place = { inFunction: false, inLoop: false }
  const open: TreeNode[] = [...statements].reverse()
  const places = statements.map(() => outside)
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const place = places.pop() ?? outside
    if ((node.kind === 'break' || node.kind === 'continue') && !place.inLoop)
      report(`\`${node.kind}\` stands outside of a loop`, node.span)
    if (node.kind === 'return' && !place.inFunction)
      report('`return` stands outside of a function', node.span)
    const below = placeBelow(node, place)
    pushChildren(node, open)
    while (places.length < open.length) places.push(below)
  }
}

function placeBelow(node: TreeNode, place: Place): Place {
  if (node.kind === 'function') return { inFunction: true, inLoop: false }
  return node.kind === 'for' ? { ...place, inLoop: true } : place
}

function checkParameters(parameters: readonly Name[], report: Report): void {
  const seen = new Set<string>()
  for (const { text, span } of parameters) {
    if (seen.has(text)) report(`two parameters are named \`${text}\``, span)
    seen.add(text)
  }
}

/** The names that a node gives to values: variables, parameters, functions. */
export function namesMadeBy(node: TreeNode): readonly Name[] {
  switch (node.kind) {
    case 'assignment':
      return node.target.kind === 'identifier' ? [{ text: node.target.name, span: node.target.span }] : []
    case 'declaration':
      return [node.name]
    case 'function':
      return node.parameters
    case 'for':
    case 'quantifier':
      return node.names
    default:
      return []
  }
}

/** Every name that a program makes, wherever it stands for something. */
export function namesMadeIn({ imports, params, statements }: Program): ReadonlySet<string> {
  const names = new Set([...imports.map(nameOfImport), ...params.map(({ name }) => name.text)])
  for (const node of everyNode(statements)) for (const { text } of namesMadeBy(node)) names.add(text)
  return names
}

// `append` and `delete` change their argument and give nothing back; only `append` is refused by the original.
function checkAppend(statements: readonly TreeNode[], report: Report): void {
  for (const node of everyNode(statements)) {
    if (namesMadeBy(node).some(({ text }) => text === 'append')) return
  }
  for (const node of everyNode(statements)) {
    if (node.kind === 'expression') continue
    for (const child of childrenOf(node)) {
      if (isAppend(child)) {
        report('`append` gives no value', child.span, 'call it in a line of its own; it changes the list')
      }
    }
  }
}

const isAppend = (node: TreeNode): node is Expression =>
  node.kind === 'call' && node.callee.kind === 'identifier' && node.callee.name === 'append'
