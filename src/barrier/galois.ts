// The field GF(2^8) of AES (FIPS 197, 4.2), where adding is exclusive or. Without tables and without branches on its values,
// so that time tells nothing about key bytes.

/** The product of two bytes in the field. */
export function multiply(a: number, b: number): number {
  let product = 0
  let [shifted, bits] = [a, b]
  for (let bit = 0; bit < 8; bit++) {
    product ^= -(bits & 1) & shifted
    shifted = ((shifted << 1) & 0xff) ^ (-(shifted >> 7) & 0x1b)
    bits >>= 1
  }
  return product
}

/** The byte whose product with this one is 1; of 0 it is 0. */
export function inverse(a: number): number {
  // The field has 255 elements besides 0, so a^255 is 1 and a^254 the inverse: 2 + 4 + 8 + … + 128.
  let [power, product] = [a, 1]
  for (let bit = 1; bit < 8; bit++) {
    power = multiply(power, power)
    product = multiply(product, power)
  }
  return product
}
