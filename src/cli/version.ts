declare const SENTINEL_VERSION: string | undefined

/** The version of this build; `dev` when it runs from its sources. */
export const version = typeof SENTINEL_VERSION === 'string' ? SENTINEL_VERSION : 'dev'
