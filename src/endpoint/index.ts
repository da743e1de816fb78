export type { EndpointAnswer, EndpointDeps, OpenEndpoint } from './endpoint.ts'
export { openEndpoint } from './endpoint.ts'
