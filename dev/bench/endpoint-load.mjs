// The child of `exec --server` in the bench: asks the endpoint, and bare node:http in a process of its own that answers
// as much, in turn. Prints requests per second of both, round by round, as JSON.

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'

const [rounds, perRound] = process.argv.slice(2).map(Number)
const connections = 8
const bareServer = `
  const body = 'x'.repeat(600)
  const server = require('node:http').createServer((_, answer) => answer.writeHead(200, { 'Content-Length': 600 }).end(body))
  server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`
const bare = spawn(process.execPath, ['-e', bareServer], { stdio: ['ignore', 'pipe', 'ignore'] })
process.once('SIGTERM', () => process.exit(1)).once('exit', () => bare.kill())
const port = await new Promise((resolve) => bare.stdout.once('data', (text) => resolve(Number(text))))
const agent = new Agent({ keepAlive: true, maxSockets: connections })
const Authorization = readFileSync(process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, 'utf8')

const ask = (url) =>
  new Promise((resolve, reject) => {
    request(url, { agent, headers: { Authorization } }, (answer) => {
      answer.resume().once('end', () => {
        if (answer.statusCode === 200) resolve()
        else reject(new Error(`status ${answer.statusCode}`))
      })
    })
      .once('error', reject)
      .end()
  })

/** Requests per second, so many at once as there are connections. */
async function rate(url, count) {
  const begun = performance.now()
  let left = count
  const client = async () => {
    while (left-- > 0) await ask(url)
  }
  await Promise.all(Array.from({ length: connections }, client))
  return (count * 1000) / (performance.now() - begun)
}

const places = [process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI, `http://127.0.0.1:${port}/`]
for (const place of places) await rate(place, perRound)
const found = []
for (let round = 0; round < rounds; round++) {
  found.push([await rate(places[0], perRound), await rate(places[1], perRound)])
}
process.stdout.write(JSON.stringify(found))
process.exit(0)
