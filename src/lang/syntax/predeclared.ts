// Names that stand for something before a policy says anything. All but the constants may be given away.

/** The names of the four constants; they can never be assigned. */
export const constants: ReadonlySet<string> = new Set(['true', 'false', 'null', 'undefined'])

/** Every predeclared name. */
export const predeclared: ReadonlySet<string> = new Set([
  ...constants,
  ...['append', 'bool', 'compare', 'delete', 'error', 'float', 'int', 'keys', 'length', 'print', 'range'],
  ...['string', 'values'],
])
