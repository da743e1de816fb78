import { type EventDoc, eventStatusAt } from '../../access/index.ts'
import { formatDuration, toTimestamp, visibleJson } from '../../base/index.ts'
import { longestEmergencySeconds, reasonCodes } from '../../policy/index.ts'
import { askWhy } from '../ask-why.ts'
import { command } from '../command.ts'
import { openEmergency, problemBefore } from '../event-change.ts'
import { atEventDesk, type EventDesk, openingFlags } from '../event-desk.ts'
import { escalatedText } from '../event-view.ts'
import { flagGiven } from '../given.ts'
import { warnOfLittleTime } from '../little-time.ts'

const length = { least: 20, most: 1000 }

export const breakglass = command({
  name: 'breakglass',
  summary: 'Break the glass: use a profile in an emergency, with nobody to ask',
  description: [
    'The break-glass policy says who may, for what and for how long; the rate-limit policy how often. It goes over ' +
      '`require_approval` and where no rule matches, over anything else only where its rule lists that. Everything is ' +
      'recorded, and credentials end with the event.',
  ],
  examples: [
    'sentinel breakglass --profile prod --reason-code incident --justification "Payments are down, INC-4711"',
    'sentinel breakglass --profile prod --duration 30m --reason-code security --justification "Leaked key in use" --json',
  ],
  flags: {
    profile: { type: 'string', required: true, placeholder: 'name', help: 'AWS profile to use' },
    duration: {
      type: 'duration',
      short: 'd',
      default: 3600,
      help: 'how long the emergency lasts, 15m to 4h (default: 1h)',
    },
    reasonCode: {
      type: 'string',
      required: true,
      placeholder: 'code',
      help: `what it is: ${reasonCodes.join(', ')}`,
    },
    justification: {
      type: 'string',
      placeholder: 'text',
      help: 'what has happened, 20 to 1000 characters; asked for at the terminal when left out',
    },
    mfaSerial: {
      type: 'string',
      placeholder: 'arn',
      help: "MFA device, where the policy asks for a code (default: the profile's `mfa_serial`)",
    },
    mfaToken: {
      type: 'string',
      short: 't',
      placeholder: 'code',
      help: 'its code, instead of being asked for it; AWS verifies it',
    },
    ...openingFlags,
  },
  async run(deps, values) {
    const { profile, duration, reasonCode, mfaSerial, mfaToken } = values
    return atEventDesk(deps, values, async (desk) => {
      const wanted = { profile, reasonCode, durationSeconds: duration, mfaSerial, mfaToken }
      // What is refused anyway asks nobody to type: it is refused, and recorded, without.
      const isVain = problemBefore(desk, wanted) !== undefined
      const asked = async () => (isVain ? '' : askWhy(deps, 'What has happened', length))
      const justification = (values.justification ?? (await asked())).trim()
      const doc = await openEmergency(desk, { ...wanted, justification })
      if (duration > longestEmergencySeconds) {
        const [longest, wanted] = [longestEmergencySeconds, duration].map(formatDuration)
        deps.warn(`an emergency lasts at most ${longest}: ${wanted} was cut to that`)
      }
      warnOfLittleTime(deps, duration)
      deps.io.stdout.write(values.json ? asJson(doc, desk) : asText(doc, desk, values))
      return 0
    })
  },
})

/** What was given on the command line. */
type Where = {
  readonly region: string | undefined
  readonly awsProfile: string | undefined
  readonly logFile: string | undefined
}

function asJson({ id, body }: EventDoc, { deps, advisory }: EventDesk): string {
  const document = {
    event_id: id,
    profile: body.profile,
    reason_code: body.reasonCode,
    status: eventStatusAt(body, deps.clock.now()),
    expires_at: toTimestamp(body.expiresAtMs),
    request_id: body.requestId,
    duration: formatDuration(body.durationSeconds),
    rule: body.rule,
    overrides: body.overrides,
    mfa_serial: body.mfaSerial,
    role_arn: body.roleArn,
    escalated: body.escalated,
    advisory,
  }
  return `${visibleJson(document, 2)}\n`
}

/** The lines can be typed as they stand there, also in another terminal. */
function asText(
  { id, body }: EventDoc,
  { table, advisory }: EventDesk,
  { region, awsProfile, logFile }: Where,
): string {
  const [profile, where] = [flagGiven('profile', body.profile), flagGiven('breakglass-table', table)]
  const [there, log] = [`${where}${flagGiven('region', region)}`, flagGiven('log-file', logFile)]
  const reach = flagGiven('aws-profile', awsProfile)
  // Whoever closes it is who `--aws-profile` says.
  const own = flagGiven('aws-profile', body.profile)
  return [
    `Break-glass event ${id} is in force until ${toTimestamp(body.expiresAtMs)}.`,
    `  use    sentinel exec${profile}${there}${reach}${log} -- …`,
    `  close  sentinel breakglass-close ${id}${there}${own}${log} --reason …`,
    `  look   sentinel why ${id}${log}`,
    ...(body.escalated ? [`  note   escalated: ${escalatedText}`] : []),
    ...(advisory === undefined ? [] : [`  trust  ${advisory}`]),
    '',
  ].join('\n')
}
