import type { Soon } from '../../base/index.ts'

/** What a step gives, once something was done after it, whether or not it failed. */
export function followed<T>(step: () => Soon<T>, after: () => void): Soon<T> {
  let value: Soon<T>
  try {
    value = step()
  } catch (thrown) {
    after()
    throw thrown
  }
  if (value instanceof Promise)
    return value.then(
      (given) => {
        after()
        return given
      },
      (thrown: unknown) => {
        after()
        throw thrown
      },
    )
  after()
  return value
}
