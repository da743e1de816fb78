// What is mostly there at once, and has to be waited for now and then. Waiting for what is there costs more than most
// steps of a request, so what is asked a thousand times a second gives a Soon, and goes on at once where it can.
//
// A step that gives a Soon may throw at once, or give a promise that rejects: `await` and `rescued` take both alike.

/** A value that is there, or the promise of one. */
export type Soon<T> = T | Promise<T>

/** Goes on with a value: at once where it is there. */
export function soon<T, U>(value: Soon<T>, next: (value: T) => Soon<U>): Soon<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** What a step gives, or what is made of its failure. */
export function rescued<T, U>(step: () => Soon<T>, failed: (thrown: unknown) => Soon<U>): Soon<T | U> {
  try {
    const value = step()
    return value instanceof Promise ? value.catch(failed) : value
  } catch (thrown) {
    return failed(thrown)
  }
}
