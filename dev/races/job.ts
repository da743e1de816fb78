// What a racer is told, so that a race and its racers agree on it.

/** Where the document lies. */
export type Place =
  | { readonly kind: 'local'; readonly folder: string; readonly keysFile: string }
  | { readonly kind: 'dynamodb'; readonly url: string; readonly table: string }

/** What a racer is told. */
export type Job = {
  readonly place: Place
  readonly id: string
  readonly write: 'create' | 'update'
  readonly holder: string
}
