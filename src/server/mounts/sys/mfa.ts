// Step-up methods (spec/vault.md 5.9): writing them, and giving people the secrets of their apps.

import { SentinelError } from '../../../base/index.ts'
import type { Groups } from '../../../entity/index.ts'
import {
  type Enrolment,
  type Method,
  type Mfa,
  type PushMethod,
  type PushType,
  pushSettings,
  pushTypes,
  type TotpMethod,
} from '../../../mfa/index.ts'
import type { Data, Response } from '../../door.ts'
import { type Path, path } from '../path.ts'

export type MfaPathsDeps = { readonly mfa: Mfa; readonly groups: Pick<Groups, 'identityOf'> }

/** `sys/mfa/method`. */
export const mfaPaths = (deps: MfaPathsDeps): readonly Path[] => [
  path({
    pattern: 'mfa/method',
    summary: 'Lists the step-up methods',
    fields: {},
    operations: {
      list() {
        const keys = deps.mfa.names()
        return keys.length === 0 ? { status: 404 } : { data: { keys } }
      },
    },
  }),
  totp(deps),
  ...enrolment(deps),
  ...pushTypes.map((type) => push(deps, type)),
]

const attempts = {
  max_validation_attempts: { type: 'int', help: 'how many attempts of one person may fail in five minutes' },
} as const

const totp = (deps: MfaPathsDeps): Path =>
  path({
    pattern: 'mfa/method/totp/:name',
    summary: 'Shows, writes and deletes a method that checks the codes of an app',
    fields: {
      issuer: { type: 'string', help: 'whose codes they are, as the app shows it' },
      period: { type: 'seconds', help: 'how long a code stands' },
      key_size: { type: 'int', help: 'bytes of a secret' },
      qr_size: { type: 'int', help: 'pixels of the QR code; 0 for none' },
      algorithm: { type: 'string', help: 'how codes are made: SHA1, SHA256 or SHA512' },
      digits: { type: 'int', help: '6 or 8' },
      skew: { type: 'int', help: 'how many periods before and after count too: 0 or 1' },
      ...attempts,
    },
    operations: {
      ...common(deps, 'totp'),
      async write(_context, { params, fields }) {
        await deps.mfa.writeTotp(nameIn(params), {
          issuer: fields.issuer,
          periodSeconds: fields.period,
          keySize: fields.key_size,
          qrSize: fields.qr_size,
          algorithm: fields.algorithm,
          digits: fields.digits,
          skew: fields.skew,
          maxAttempts: fields.max_validation_attempts,
        })
        return {}
      },
    },
  })

const enrolment = ({ mfa, groups }: MfaPathsDeps): readonly Path[] => {
  const entityFields = { entity_id: { type: 'string', help: 'the id of the entity' } } as const
  const enrolled = async (name: string, entityId: string): Promise<Response> => {
    const entity = groups.identityOf(entityId)?.entity
    if (entity === undefined) throw invalid(`there is no entity "${entityId}"`)
    const made = await mfa.enrol(name, entity)
    return made === undefined ? alreadyEnrolled(name) : { data: toData(made) }
  }
  return [
    path({
      pattern: 'mfa/method/totp/:name/generate',
      summary: 'Makes a secret for the caller, and shows it once',
      fields: {},
      operations: {
        async read(_context, { params, holder }) {
          const id = holder?.entityId ?? ''
          if (id === '') throw invalid('the token has no entity')
          return enrolled(nameIn(params), id)
        },
      },
    }),
    path({
      pattern: 'mfa/method/totp/:name/admin-generate',
      summary: 'Makes a secret for an entity, and shows it once',
      fields: entityFields,
      operations: {
        write: (_context, { params, fields }) => enrolled(nameIn(params), fields.entity_id ?? ''),
      },
    }),
    path({
      pattern: 'mfa/method/totp/:name/admin-destroy',
      summary: 'Takes the secret of an entity away',
      fields: entityFields,
      operations: {
        async write(_context, { params, fields: { entity_id: id = '' } }) {
          if (id === '') throw invalid('entity_id must be set')
          await mfa.expel(nameIn(params), groups.identityOf(id)?.entity.id ?? id)
          return {}
        },
      },
    }),
  ]
}

const alreadyEnrolled = (name: string): Response => ({
  warnings: [`Entity already has a secret for MFA method "${name}"`],
})

const toData = ({ url, barcode }: Enrolment): Data => ({
  url: url.reveal(),
  ...(barcode !== undefined && { barcode: barcode.reveal() }),
})

const push = (deps: MfaPathsDeps, type: PushType): Path => {
  const settings = Object.entries(pushSettings[type]).map(
    ([name, need]) => [name, { type: 'string', help: `as ${type} says; ${need}` }] as const,
  )
  return path({
    pattern: `mfa/method/${type}/:name`,
    summary: `Shows, writes and deletes a method that asks people by ${type}`,
    fields: {
      mount_accessor: { type: 'string', help: 'the auth mount whose names of people are used' },
      username_format: { type: 'string', help: 'how people are called there, such as {{alias.name}}' },
      ...attempts,
      ...Object.fromEntries(settings),
    },
    operations: {
      ...common(deps, type),
      async write(_context, { params, fields, request: { data } }) {
        const sent = settings.map(([name]) => [name, String(data[name] ?? '')] as const)
        await deps.mfa.writePush(type, nameIn(params), {
          mountAccessor: fields.mount_accessor ?? '',
          usernameFormat: fields.username_format,
          maxAttempts: fields.max_validation_attempts,
          settings: new Map(sent),
        })
        return deps.mfa.canAsk(type) ? {} : { warnings: [unconnected(type)] }
      },
    },
  })
}

const unconnected = (type: PushType) =>
  `This server has no connector for ${type}: the method is kept, and never confirms anything`

const common = ({ mfa }: MfaPathsDeps, type: Method['type']) => {
  const found = (params: Params) => {
    const method = mfa.method(nameIn(params))
    return method?.type === type ? method : undefined
  }
  return {
    read(_: unknown, { params }: { readonly params: Params }): Response {
      const method = found(params)
      return method === undefined ? { status: 404 } : { data: methodToData(method) }
    },
    async delete(_: unknown, { params }: { readonly params: Params }): Promise<Response> {
      if (found(params) !== undefined) await mfa.remove(nameIn(params))
      return {}
    },
  }
}

type Params = Readonly<Record<string, string>>
const nameIn = ({ name = '' }: Params) => name

const methodToData = (method: Method): Data =>
  method.type === 'totp' ? totpToData(method) : pushToData(method)

const totpToData = (method: TotpMethod): Data => ({
  id: method.id,
  name: method.name,
  type: method.type,
  issuer: method.issuer,
  period: method.periodSeconds,
  key_size: method.keySize,
  qr_size: method.qrSize,
  algorithm: method.algorithm,
  digits: method.digits,
  skew: method.skew,
  max_validation_attempts: method.maxAttempts,
})

/** What is secret is not shown. */
function pushToData({
  id,
  name,
  type,
  mountAccessor,
  usernameFormat,
  maxAttempts,
  settings,
}: PushMethod): Data {
  const shown = Object.entries(pushSettings[type])
    .filter(([, need]) => need !== 'secret')
    .map(([field]) => [field, settings.get(field)?.reveal() ?? ''] as const)
  return {
    ...{ id, name, type, mount_accessor: mountAccessor, username_format: usernameFormat },
    max_validation_attempts: maxAttempts,
    ...Object.fromEntries(shown),
  }
}

const invalid = (message: string) => new SentinelError('REQUEST_INVALID', message)
