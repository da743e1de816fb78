type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

/** Without what is not there. */
export function present<T extends Readonly<Record<string, unknown>>>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>
}
