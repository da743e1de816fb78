// `npm run crash [-- --kills 200 --seed N]`: exit 1 when an acknowledged write is missing, a storage does not open, or a
// secret is in a file.

import { parseArgs } from 'node:util'
import { removeTemporariesOnSignals, removeTemporary, temporaryFolder } from '../temporary.ts'
import { crash } from './crash.ts'
import { identityCrash } from './identity-crash.ts'
import { kvCrash } from './kv-crash.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const [kills, seed] = [Number(values.kills), Number(values.seed)]
const say = (text: string) => void process.stdout.write(`${text}\n`)
removeTemporariesOnSignals()
say(`crash: ${kills} kills, seed ${seed}`)

const folder = temporaryFolder('sentinel-crash-')
const { acknowledged, undecided, early, term, searchedBytes, faults } = await crash({ kills, seed, folder })
say(`acknowledged ${acknowledged}, each there after the kill; killed before the first: ${early}`)
say(`under way when killed: ${undecided.done} done, ${undecided.undone} not, none in part; data keys ${term}`)
say(
  `canary and shares looked for raw, in hex, base64 and UTF-16 in ${Math.round(searchedBytes / 1e6)} MB of files`,
)
removeTemporary(folder)

const kvFolder = temporaryFolder('sentinel-crash-kv-')
const kv = await kvCrash({ kills, seed, folder: kvFolder })
say(
  `KV version 2, by HTTP: ${kills} kills, ${kv.acknowledged} acknowledged changes, ${kv.versions} versions looked at`,
)
say(
  `under way when killed: ${kv.undecided.done} done, ${kv.undecided.undone} not, none in part; each answer is in the audit log`,
)
say(`canary, shares and root token looked for in ${Math.round(kv.searchedBytes / 1e6)} MB of files`)
removeTemporary(kvFolder)

const identityFolder = temporaryFolder('sentinel-crash-identity-')
const merges = await identityCrash({ kills, seed, folder: identityFolder })
say(`entities and groups, by HTTP: ${kills} kills, ${merges.acknowledged} acknowledged merges, each whole`)
say(`under way when killed: ${merges.undecided.done} done, ${merges.undecided.undone} not, none in part`)
removeTemporary(identityFolder)

const all = [...faults, ...kv.faults, ...merges.faults]
for (const fault of all) say(`FAULT ${fault}`)
say(all.length === 0 ? 'nothing was lost, and no secret is in a file' : `${all.length} faults`)
process.exitCode = all.length === 0 ? 0 : 1
