import type { Section } from '../command.ts'
import { apply } from './apply.ts'
import { approve, cancel, deny } from './approve.ts'
import { breakglass } from './breakglass.ts'
import { breakglassCheck, breakglassClose, breakglassList } from './breakglass-events.ts'
import { check } from './check.ts'
import { configValidate } from './config-validate.ts'
import { credentials } from './credentials.ts'
import { enforceGenerateTrustPolicy } from './enforce-generate.ts'
import { exec } from './exec.ts'
import { fmt } from './fmt.ts'
import { initBootstrap } from './init-bootstrap.ts'
import { initApprovals, initBreakglass, initSessions } from './init-tables.ts'
import { lint } from './lint.ts'
import { list } from './list.ts'
import { logAcceptClock, logKeys, logRotate, logVerify } from './log.ts'
import { request } from './request.ts'
import { server } from './server.ts'
import { serverRevoke } from './server-revoke.ts'
import { serverSession } from './server-session.ts'
import { serverSessions } from './server-sessions.ts'
import { test } from './test.ts'
import { vaultCommands } from './vault/index.ts'
import { version } from './version.ts'
import { whoami } from './whoami.ts'
import { why } from './why.ts'

/** Every command, in the order of the help. */
export const sections: readonly Section[] = [
  { title: 'Credentials', commands: [exec, credentials, whoami] },
  { title: 'Server sessions', commands: [serverSessions, serverSession, serverRevoke] },
  { title: 'Approvals', commands: [request, list, check, approve, deny, cancel] },
  { title: 'Break-glass', commands: [breakglass, breakglassList, breakglassCheck, breakglassClose] },
  { title: 'Decisions', commands: [why, logVerify, logRotate, logKeys, logAcceptClock] },
  { title: 'Policies', commands: [initBootstrap, configValidate, enforceGenerateTrustPolicy] },
  { title: 'Tables', commands: [initApprovals, initBreakglass, initSessions] },
  { title: 'The policy server', commands: [server] },
  { title: "The policy server's clients", commands: vaultCommands },
  { title: 'The policy language', commands: [apply, test, fmt, lint] },
  { title: 'Sentinel itself', commands: [version] },
]
