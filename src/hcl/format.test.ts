import { describe, expect, test } from 'vitest'
import { formatHcl1 } from './format.ts'

const format = (text: string) => formatHcl1({ name: 'x.hcl', text })

describe('the canonical style of HCL 1', () => {
  for (const [name, text, want] of [
    ['one line', 'path "a"{capabilities=["read","list"]}', 'path "a" { capabilities = ["read", "list"] }\n'],
    [
      'blocks and attributes',
      'path   "a"   {\ncapabilities=["read"]\n      max_wrapping_ttl   =   "1h"\n}\n',
      'path "a" {\n  capabilities     = ["read"]\n  max_wrapping_ttl = "1h"\n}\n',
    ],
    [
      'comments where they are',
      '# first\n\n\n\npath "a" { // why\n\n# what\ncapabilities=[]\n/* more\n   of it */\n\n}\n',
      '# first\n\npath "a" { // why\n  # what\n  capabilities = []\n  /* more\n   of it */\n}\n',
    ],
    [
      'lists and maps over several lines',
      'a = [\n"x",\n  "y" ,\n]\nb {\n"k"=[ ]\n"longer"=["v"]\n}',
      'a = [\n  "x",\n  "y",\n]\nb {\n  "k"      = []\n  "longer" = ["v"]\n}\n',
    ],
    ['signs in strings', 'a = "x = { # [ \\" ${b} //"', 'a = "x = { # [ \\" ${b} //"\n'],
    ['heredocs', 'a=<<EOF\n  x  =  y\n{\nEOF\nb=1\n', 'a = <<EOF\n  x  =  y\n{\nEOF\nb = 1\n'],
    ['line breaks of Windows', 'a=1\r\nbb=2\r\n', 'a  = 1\nbb = 2\n'],
    ['JSON as it is', '{"path":{"a":{}}}', '{"path":{"a":{}}}'],
  ] as const)
    test(name, () => {
      const formatted = format(text)
      expect(formatted).toBe(want)
      expect(format(formatted ?? '')).toBe(formatted)
    })

  test('is not for what cannot be read', () => expect(format('path "a" {')).toBeUndefined())
})
