// `npm run aws`: the local AWS on its own, until Ctrl-C.

import { example, startLocalAws } from './index.ts'

const aws = await startLocalAws({ port: Number(process.env.PORT ?? 0) })
const { keys } = example.alice
process.stdout.write(`A local AWS listens. Point a shell at it:

  export AWS_ENDPOINT_URL=${aws.url}
  export AWS_ACCESS_KEY_ID=${keys.accessKeyId}
  export AWS_SECRET_ACCESS_KEY=${keys.secretAccessKey}
  export AWS_REGION=${example.region} AWS_DEFAULT_REGION=${example.region}
  export SENTINEL_INSECURE_ENDPOINT=1

You are alice in account ${example.account}. Roles that she may ask for:
${Object.values(example.roles)
  .map((arn) => `  ${arn}`)
  .join('\n')}

Nothing is kept when it ends. Ctrl-C ends it.
`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void aws.close().then(() => process.exit(0)))
}
