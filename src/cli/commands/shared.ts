// Flags that several commands have. They mean the same everywhere because they are written once.

import type { Flag, Flags } from '../command.ts'

/** Which decision log. `--log` and `--log-file` are one flag. */
export const logFileFlag = (help: string) =>
  ({
    logFile: { type: 'string', aliases: ['log'], env: 'SENTINEL_LOG_FILE', placeholder: 'file', help },
  }) as const satisfies Flags

/** How AWS is reached. */
export const awsFlags = {
  region: {
    type: 'string',
    aliases: ['aws-region'],
    help: 'AWS region (default: the environment, then the profile)',
  },
  awsProfile: {
    type: 'string',
    placeholder: 'name',
    help: 'profile whose credentials reach SSM and DynamoDB; never whose identity counts',
  },
  insecureEndpoint: {
    type: 'boolean',
    env: 'SENTINEL_INSECURE_ENDPOINT',
    help: "accept answers of endpoints that are not AWS's; the log names them",
  },
} as const satisfies Flags

/** The same for a command that is about no profile: then this one says who runs it. */
export const whoFlags = {
  ...awsFlags,
  awsProfile: {
    ...awsFlags.awsProfile,
    help: 'profile whose base credentials say who you are, and reach AWS (default: AWS_PROFILE, then default)',
  },
} as const satisfies Flags

/** Where policy parameters lie. */
export const policyRootFlag = {
  policyRoot: {
    type: 'string',
    env: 'SENTINEL_POLICY_ROOT',
    default: '/sentinel/policies',
    placeholder: 'path',
    help: 'where policy parameters lie: the policy of profile dev is in <root>/dev',
  },
} as const satisfies Flags

const tableFlag = (env: string, what: string) =>
  ({
    type: 'string',
    env,
    placeholder: 'table',
    help: `name or ARN of the DynamoDB table with the ${what}, or \`local\` for this machine's own`,
  }) as const satisfies Flag

/** Which table holds the requests for approval. */
export const requestTableFlag = {
  requestTable: tableFlag('SENTINEL_REQUEST_TABLE', 'requests for approval'),
} as const satisfies Flags

/** Which table holds the break-glass events. */
export const breakglassTableFlag = {
  breakglassTable: tableFlag('SENTINEL_BREAKGLASS_TABLE', 'break-glass events'),
} as const satisfies Flags

/** Which table holds the sessions of `exec --server`. */
export const sessionTableFlag = {
  sessionTable: tableFlag('SENTINEL_SESSION_TABLE', 'server sessions'),
} as const satisfies Flags

/** Everything that decides about credentials: the same for `credentials` and `exec`. */
export const accessFlags = {
  profile: {
    type: 'string',
    required: true,
    placeholder: 'name',
    help: 'AWS profile whose credentials are wanted',
  },
  policyParameter: {
    type: 'string',
    env: 'SENTINEL_POLICY_PARAMETER',
    placeholder: 'name',
    help: 'SSM parameter with the access policy (default: <policy-root>/<profile>)',
  },
  policyFile: {
    type: 'string',
    env: 'SENTINEL_POLICY_FILE',
    placeholder: 'file',
    help: 'file with the access policy, instead of a parameter; the log names it',
  },
  ...policyRootFlag,
  duration: {
    type: 'duration',
    short: 'd',
    help: 'how long the credentials last, 15m to 12h (default: the profile, then 1h)',
  },
  noSession: {
    type: 'boolean',
    short: 'n',
    help: 'hand out long-term keys as they are, without GetSessionToken',
  },
  mfaToken: {
    type: 'string',
    short: 't',
    placeholder: 'code',
    help: 'MFA code for the profile, instead of being asked for it',
  },
  allowUnstamped: {
    type: 'boolean',
    help: 'accept credentials that carry no SourceIdentity, for profiles without a role; the log says so',
  },
  ...logFileFlag('decision log (default: in the state folder)'),
  logStderr: {
    type: 'boolean',
    help: 'write the decision log to stderr as well (closed or /dev/null: nothing is issued)',
  },
  ...requestTableFlag,
  ...breakglassTableFlag,
  ...sessionTableFlag,
  ...awsFlags,
} as const satisfies Flags

/** Server mode. */
export const serverFlags = {
  server: {
    type: 'boolean',
    short: 's',
    help: 'serve credentials to the command at an endpoint, and decide at each request',
  },
  serverPort: {
    type: 'string',
    default: '0',
    placeholder: 'port',
    help: 'port of the endpoint on 127.0.0.1 (0: one that is free)',
  },
  serverDuration: {
    type: 'duration',
    help: 'how long credentials of the endpoint last, 15m to 12h (default: 15m)',
  },
  lazy: { type: 'boolean', help: 'start the command without having asked for credentials once' },
  tokenInEnvironment: {
    type: 'boolean',
    help: "give the endpoint's token in the environment, for clients that cannot read it from a file",
  },
} as const satisfies Flags
