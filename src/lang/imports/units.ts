// import "units": bytes.

import { table } from './table.ts'

export const units = table(
  ['kilobyte', 1024],
  ['megabyte', 1024 ** 2],
  ['gigabyte', 1024 ** 3],
  ['terabyte', 1024 ** 4],
  ['petabyte', 1024 ** 5],
)
