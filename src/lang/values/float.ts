/**
 * A double. It is boxed because integers, which are far more common, are plain numbers. A host may give one where it
 * wants a whole number to be float.
 */
export class Float {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}
