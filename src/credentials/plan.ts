// From a profile's name to its recipe. The same files, environment and request give the same recipe. So it is kept,
// sealed, beside a keyed hash of all three, and made anew as soon as one of them differs by a byte, or a file of
// certificate authorities that they name. The reader
// of config files and the planner, a third of what a gateway is, are loaded only then.

import type { AuthorityDeps, Env } from '../aws/index.ts'
import {
  type Keys,
  type Machine,
  type Paths,
  readTextIfPresent,
  sealedFiles,
  tryLock,
} from '../machine/index.ts'
import type { AwsConfig } from './config.ts'
import type { Planned, RecipeRequest } from './recipe.ts'
import { nameSecret } from './store.ts'

/** What finding a recipe needs. */
export type PlanDeps = AuthorityDeps & {
  readonly machine: Machine
  readonly keys: Keys
  readonly paths: Pick<Paths, 'cacheFolder' | 'awsConfigFile' | 'awsCredentialsFile'>
  readonly env: Env
  /** The program's: another one may plan otherwise. */
  readonly version: string
}

/** A planned profile, and what it was planned from. */
export type Plan = Planned & {
  /** The config files as they were when the recipe was made. */
  config(): Promise<AwsConfig>
}

/**
 * The plan of a profile. Calls nobody.
 *
 * @throws SentinelError CONFIG_INVALID with every syntax error of both files, CONFIG_PROFILE_NOT_FOUND,
 * CONFIG_PROFILE_LOOP, CONFIG_REGION_MISSING, DURATION_INVALID, ENDPOINT_INSECURE; FILE_UNREADABLE; CACHE_TAMPERED
 */
export async function planOf(deps: PlanDeps, request: RecipeRequest): Promise<Plan> {
  const { awsConfigFile, awsCredentialsFile, cacheFolder } = deps.paths
  const texts = [readTextIfPresent(awsConfigFile) ?? '', readTextIfPresent(awsCredentialsFile) ?? ''] as const
  const env = planningEnv(deps.env)
  const files = sealedFiles(
    { ...deps.machine, keys: deps.keys },
    deps.machine.platform.path.join(cacheFolder, 'recipes'),
  )
  const asked = JSON.stringify([
    3,
    deps.version,
    request,
    Object.entries(env),
    awsConfigFile,
    awsCredentialsFile,
  ])
  const name = nameSecret(deps, 'recipe', asked)
  const madeOf = nameSecret(deps, 'files', ...texts)
  const config = async () => {
    const { loadAwsConfig } = await import('./config.ts')
    const readText = (path: string) => (path === awsConfigFile ? texts[0] : texts[1])
    return loadAwsConfig({ configFile: awsConfigFile, sharedFile: awsCredentialsFile, readText })
  }
  const kept = files.read(name)
  if (kept?.startsWith(madeOf)) {
    const plan = textToPlan(kept.slice(madeOf.length), env)
    // Most have none, and then nothing is loaded or read.
    const own = plan.recipe.settings.authorities.length
      ? (await import('./same-authorities.ts')).withSameAuthorities(deps, plan)
      : plan
    if (own) return { ...own, config }
  }
  const { makePlan } = await import('./planner.ts')
  const plan = makePlan(deps, await config(), env, request)
  writeOnce(deps, name, () => files.write(name, madeOf + planToText(plan)))
  return { ...plan, config }
}

// Of many callers who plan the same at once, one writes.
function writeOnce({ machine, paths }: PlanDeps, name: string, write: () => void): void {
  const attempt = tryLock(machine, machine.platform.path.join(paths.cacheFolder, 'locks', name.slice(0, 32)))
  if (attempt.kind === 'held') return
  try {
    write()
  } finally {
    attempt.release()
  }
}

const others = [
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'NODE_OPTIONS',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'NODE_USE_SYSTEM_CA',
  'NO_PROXY',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
  'http_proxy',
  'https_proxy',
  'no_proxy',
]

// INVARIANT: planning sees nothing else of the environment, so nothing else can make a recipe another one.
function planningEnv(env: Env): Env {
  const seen: Record<string, string | undefined> = {}
  for (const name of Object.keys(env).sort()) {
    if (name.startsWith('AWS_') || others.includes(name)) seen[name] = env[name]
  }
  return seen
}

// The environment is not kept: it may hold secrets, and it is the same one when the plan is used again.
function planToText({ recipe, warnings, baseName }: Planned): string {
  const { settings } = recipe
  const serviceUrls = [...settings.profile.serviceUrls]
  const profile = { ...settings.profile, serviceUrls }
  return JSON.stringify({
    recipe: { ...recipe, settings: { ...settings, env: {}, profile } },
    warnings,
    baseName,
  })
}

function textToPlan(text: string, env: Env): Planned {
  const { recipe, ...rest } = JSON.parse(text) as Planned
  const { settings } = recipe
  const profile = { ...settings.profile, serviceUrls: new Map(settings.profile.serviceUrls) }
  return { ...rest, recipe: { ...recipe, settings: { ...settings, env, profile } } }
}
