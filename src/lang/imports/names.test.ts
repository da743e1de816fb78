import { expect, it } from 'vitest'
import { utc } from '../run/zone.ts'
import { standardImports } from './names.ts'
import { standardImport } from './standard.ts'

it('every standard import has its name in the list', () => {
  const setting = { now: 0n, zone: utc, http: true }
  expect([...standardImports].filter((path) => standardImport(path, setting) === undefined)).toEqual([])
  expect(standardImport('tfplan', setting)).toBeUndefined()
})
