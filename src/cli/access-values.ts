/** What the flags of `exec` and `credentials` say. */
export type AccessValues = {
  readonly profile: string
  readonly policyParameter: string | undefined
  readonly policyFile: string | undefined
  readonly policyRoot: string
  readonly duration: number | undefined
  readonly noSession: boolean
  readonly mfaToken: string | undefined
  readonly allowUnstamped: boolean
  readonly logFile: string | undefined
  readonly logStderr: boolean
  readonly region: string | undefined
  readonly awsProfile: string | undefined
  readonly insecureEndpoint: boolean
  /** Tables of DynamoDB, or `local`. */
  readonly requestTable: string | undefined
  readonly breakglassTable: string | undefined
  readonly sessionTable: string | undefined
}
