// `npm run corpora -- [--flip] DIR…`: public policy libraries, each in a folder that was fetched beside the project, go
// through the parser, `sentinel fmt -check` and `sentinel test`. `--flip` negates every expectation in memory besides:
// then every case that passes must fail. The exit status is 1 where anything is not as it should be.

import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { lookAt, passingWhenNegated } from './library.ts'
import { excuses, judgeFlipped, judgeLibrary, type Verdict } from './verdict.ts'

const { values, positionals } = parseArgs({
  options: { flip: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const say = (text: string) => void process.stdout.write(`${text}\n`)

if (positionals.length === 0) {
  say('corpora: skipped, no folder is named. Fetch these and name where they lie: npm run corpora -- DIR…')
  const names = [
    'policy-library-FSBP-Policy-Set-for-AWS-Terraform',
    'policy-library-CIS-Policy-Set-for-AWS-Terraform',
  ]
  for (const name of [...names, 'terraform-sentinel-policies', 'vault-guides']) {
    say(`  https://github.com/hashicorp/${name}`)
  }
}

for (const folder of positionals.map((path) => resolve(path))) {
  const library = await lookAt(folder)
  tell(judgeLibrary(library))
  for (const excuse of excuses(library)) say(`  ${excuse}`)
  if (values.flip) tell(judgeFlipped(library, await passingWhenNegated(folder)))
}

function tell({ line, wrong }: Verdict): void {
  say(line)
  for (const each of wrong) say(`  WRONG ${each}`)
  if (wrong.length > 0) process.exitCode = 1
}
