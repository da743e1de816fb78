// The only room that knows the AWS SDK. On Node 20 the SDK prints a warning about its end of support with its first
// client, unless AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED is `true` in the process's environment: `cli`
// sets it before anything here is called.

export type { Authority, AuthorityDeps } from './authorities.ts'
export { lookAt, namedAuthorities, stillThere } from './authorities.ts'
export {
  assumeRole,
  callerIdentity,
  getParameter,
  getSessionToken,
  openDynamoDb,
  putParameter,
  ssoRoleCredentials,
} from './calls.ts'
export type { Connection, ConnectionFacts, ConnectionSettings, ForeignEndpoints } from './connection.ts'
export { connectionFacts, connectionTo } from './connection.ts'
export type { Condition, DynamoDb, DynamoDbDeps, ItemQuery, ItemWrite } from './dynamodb.ts'
export type { NewTable, TableFacts, TableIndex } from './dynamodb-tables.ts'
export type { Endpoint, ProfileConnection } from './endpoints.ts'
export type { Item, ItemValue } from './items.ts'
export { requireSameTime } from './skew.ts'
export type {
  AssumeRoleRequest,
  AwsCredentials,
  CallDeps,
  CallerIdentity,
  Env,
  MfaCode,
  NewParameter,
  Parameter,
  ServiceName,
  Session,
  SessionTokenRequest,
  SsoRoleRequest,
} from './types.ts'
