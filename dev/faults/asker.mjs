// A client of an endpoint: each line of its input asks once, and is answered with a line of what came.

import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file } = process.env
const session = process.env.SENTINEL_SESSION_ID

async function asked() {
  try {
    const answer = await fetch(url, { headers: { Authorization: readFileSync(file, 'utf8') } })
    const { AccessKeyId: key, code = 'OK' } = await answer.json()
    return { session, code, key }
  } catch {
    return { session, code: 'GONE' }
  }
}

for await (const _ of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await asked())}\n`)
}
