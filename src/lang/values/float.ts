/** A double. It is boxed because integers, which are far more common, are plain numbers. */
export class Float {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}
