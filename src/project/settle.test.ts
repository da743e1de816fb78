import { expect, it } from 'vitest'
import { compile, type Need } from '../lang/index.ts'
import { settle } from './index.ts'

const policy = compile(`import "http"
n = 0
for range(count) as i {
	n += length(http.get("http://h/" + string(i)).body)
}
main = n is count
`)

async function run(count: number) {
  const asked: string[] = []
  const answer = async ({ key }: Need) => {
    asked.push(key)
    return { value: { status_code: 200, headers: {}, body: 'x' } }
  }
  const { status, error } = await settle(policy, { globals: { count }, http: true }, answer)
  return { status, message: error?.message, asked }
}

it('asks for each fact once and evaluates again, until there is a result', async () => {
  const { status, asked } = await run(64)
  expect([status, asked.length, new Set(asked).size]).toEqual(['pass', 64, 64])
})

it('asks for 64 facts at most', async () => {
  const { status, message, asked } = await run(65)
  expect([status, asked.length]).toEqual(['error', 64])
  expect(message).toContain('more than 64 facts are needed')
})

it('all evaluations have the time of one together, in which the answers are not counted', async () => {
  const clock = { ms: 0, now: () => clock.ms++ }
  const slow = compile(`import "http"
for range(20000) as x { }
main = rule { all range(count) as i { http.get("http://h/" + string(i)).body is "x" } }
`)
  const statusWith = async (count: number, wallMs: number) => {
    const answer = async () => {
      clock.ms += 1_000_000
      return { value: { status_code: 200, headers: {}, body: 'x' } }
    }
    const inputs = { globals: { count }, http: true, limits: { clock, wallMs } }
    const { status, error } = await settle(slow, inputs, answer)
    return [status, error?.message]
  }
  expect(await statusWith(0, 30)).toEqual(['pass', undefined])
  expect(await statusWith(3, 200)).toEqual(['pass', undefined])
  expect(await statusWith(20, 30)).toEqual(['error', 'more than 30 ms'])
})

it('an answer that there is none is an error of the policy', async () => {
  const result = await settle(policy, { globals: { count: 1 }, http: true }, async () => ({
    error: 'no route',
  }))
  expect([result.status, result.error?.message]).toEqual(['error', 'error calling function "get": no route'])
})
