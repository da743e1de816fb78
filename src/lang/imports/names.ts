/** The paths of the standard imports (specification 3.3). */
export const standardImports: ReadonlySet<string> = new Set([
  'base64',
  'collection',
  'collection/lists',
  'collection/maps',
  'decimal',
  'http',
  'json',
  'runtime',
  'sockaddr',
  'strings',
  'time',
  'types',
  'units',
  'version',
])
