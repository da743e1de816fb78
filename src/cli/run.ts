// The program's entry and the only file with side effects: from the process to an Io, from the exit status back to
// the process.

import { systemClock, systemRandom } from '../base/index.ts'
import { openDeps } from './deps.ts'
import { main } from './main.ts'
import { program } from './program.ts'
import { realIo } from './real-io.ts'

const io = realIo()
// The SDK would otherwise announce on stderr, at every start, when it stops to support this Node.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
// Every connection says itself whether certificates are checked. Node would warn that they are not. A child has it still.
delete process.env.NODE_TLS_REJECT_UNAUTHORIZED

// A run that ends without an answer (an await that nothing will settle) must not look like success.
process.exitCode = 1
void main(process.argv.slice(2), openDeps(io, { clock: systemClock, random: systemRandom }), program).then(
  (status) => process.exit(status),
)
