// What values cost beside what is in them, in bytes: what V8 takes for them and a third more, since garbage waits to be
// collected. So the default limit of 256 MiB keeps a whole process below 300.

/** A list or map by itself. */
export const collectionBytes = 256
/** The same of one whose elements lie elsewhere until somebody looks at them: see arrivals.ts. */
export const handleBytes = 160
/** An element of a list whose length is known, and one of a list that grows. */
export const elementBytes = 16
export const grownBytes = 40
/** An entry of a map. */
export const entryBytes = 80
/** A float, an integer beyond 2^53, a string beside its bytes. */
export const boxBytes = 48
/** A string: what lies around it is garbage, or a copy that was made of its parts. */
export const textBytes = (length: number): number => boxBytes + length + (length >> 3)
/** A function or rule by itself, and each scope that it keeps alive. */
export const closureBytes = 96
export const scopeBytes = 400
/** What a call costs. */
export const callBytes = 64
