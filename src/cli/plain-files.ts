// Of the files that a server reads anew at each request none may be a pipe: to wait for one would stop the whole thread,
// and with it the requests that do not need it, the signals and the heartbeat.

import { plainFile } from '../machine/index.ts'
import type { GatewayDeps } from './gateway-deps.ts'

/** The parts of a run in which a person's pipes and devices cannot be read. */
export function withPlainFiles(deps: GatewayDeps): GatewayDeps {
  const { paths } = deps
  return {
    ...deps,
    readText: (path) => deps.readText(plainFile(deps.resolve(path))),
    // Looked at whenever one is read: it may have become a pipe since.
    paths: {
      ...paths,
      get awsConfigFile() {
        return plainFile(paths.awsConfigFile)
      },
      get awsCredentialsFile() {
        return plainFile(paths.awsCredentialsFile)
      },
    },
  }
}
