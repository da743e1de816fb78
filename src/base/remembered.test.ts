import { expect, test } from 'vitest'
import { remembered } from './remembered.ts'

test('a thing is made of once, however often it is asked for, until there is no room', () => {
  const made: string[] = []
  const textOf = remembered<{ readonly name: string }, string>(6, (text) => text.length)
  const ask = (thing: { readonly name: string }) =>
    textOf(thing, () => {
      made.push(thing.name)
      return thing.name
    })
  const [one, same, other] = [{ name: 'one' }, { name: 'one' }, { name: 'other' }]
  expect([ask(one), ask(one), ask(same), ask(one)]).toEqual(['one', 'one', 'one', 'one'])
  expect(made).toEqual(['one', 'one'])
  expect([ask(other), ask(other), ask(one)]).toEqual(['other', 'other', 'one'])
  expect(made).toEqual(['one', 'one', 'other', 'one'])
})
