import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Cases } from '../../../dev/fuzz/cases.ts'
import type { Span } from '../../source/index.ts'
import { parse } from './parser.ts'
import type { Program } from './tree.ts'
import { childrenOf, everyNode, isStatement, type TreeNode } from './visit.ts'

/** Programs of every construct, in any layout, with comments. */
const wildSources = new Cases(['wild']).map(({ text }) => text)

const roots = ({ statements, params }: Program): readonly TreeNode[] => [
  ...params.flatMap(({ value }) => (value === undefined ? [] : [value])),
  ...statements,
]

/** What is wrong with the spans below a node; nothing when all lie inside of it, one behind the other. */
function misplaced(parent: Span, children: readonly TreeNode[], text: string): readonly string[] {
  let at = parent.start
  return children.flatMap(({ span, kind }) => {
    const fits = span.start >= at && span.end <= parent.end && span.start < span.end
    at = span.end
    return fits ? [] : [`${kind} \`${text.slice(span.start, span.end)}\``]
  })
}

describe('every node has its span', () => {
  it('in which those below it lie in order', () => {
    fc.assert(
      fc.property(wildSources, (text) => {
        const { program, diagnostics } = parse(text)
        fc.pre(diagnostics.length === 0)
        expect(misplaced(program.span, roots(program), text)).toEqual([])
        for (const node of everyNode(roots(program))) {
          expect(misplaced(node.span, childrenOf(node), text)).toEqual([])
        }
      }),
      { numRuns: 300, seed: 1 },
    )
  })

  it('whose text is the node again', () => {
    const kindsOf = (text: string) => {
      // The function of a declaration has the name of the declaration in its span.
      const [again] = parse(`x = (${text.replace(/^func\s+[^\s(]+/, 'func')})`).program.statements
      return again?.kind === 'assignment' && again.value.kind === 'group' ? again.value.inner.kind : undefined
    }
    fc.assert(
      fc.property(new Cases(['neat']), ({ text }) => {
        const expressions = [...everyNode(roots(parse(text).program))].filter((node) => !isStatement(node))
        const own = expressions.map(({ span }) => text.slice(span.start, span.end))
        expect(own.map(kindsOf)).toEqual(expressions.map(({ kind }) => kind))
      }),
      { numRuns: 30, seed: 1 },
    )
  })

  it('for names, branches, clauses and entries too', () => {
    const text =
      'if a { } else if b { }\ncase c { when d: e\nelse: f }\nfor {"g": h} as i, j { }\nfunc k(l) { return l }'
    const shown = (span: Span) => text.slice(span.start, span.end)
    const [choice, cases, loop, declaration] = parse(text).program.statements
    expect(choice?.kind === 'if' && choice.branches.map(({ body }) => shown(body.span))).toEqual([
      '{ }',
      '{ }',
    ])
    expect(cases?.kind === 'case' && cases.clauses.map(({ span }) => shown(span))).toEqual([
      'when d: e',
      'else: f',
    ])
    expect(loop?.kind === 'for' && loop.names.map(({ span }) => shown(span))).toEqual(['i', 'j'])
    expect(declaration?.kind === 'declaration' && shown(declaration.name.span)).toBe('k')
    expect(
      declaration?.kind === 'declaration' && declaration.function.parameters.map(({ span }) => shown(span)),
    ).toEqual(['l'])
  })
})
