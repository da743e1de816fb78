import { kvPath, type VaultBody } from '../../../vault/index.ts'
import type { Flags } from '../../command.ts'
import { fieldFlag } from '../../vault/flags.ts'
import { mountFlag, pairsIn, placeOf, requireVersions, secretPosition } from '../../vault/kv.ts'
import { rowsText } from '../../vault/session.ts'
import { vaultCommand } from '../../vault/vault-command.ts'

export const kvMetadataGet = vaultCommand({
  name: 'kv metadata get',
  summary: 'Show what is known of a secret and its versions',
  examples: ['sentinel vault kv metadata get secret/app'],
  flags: { ...mountFlag, ...fieldFlag },
  positionals: secretPosition,
  async act(session, { secret, mount, field }) {
    const place = requireVersions(await placeOf(session, secret, mount))
    const path = kvPath(place, 'metadata')
    const answer = await session.ask({ method: 'GET', path })
    if (field !== undefined) session.show(answer, { field })
    else {
      const { versions, ...known } = (answer.body?.data ?? {}) as VaultBody
      const parts = [
        `== Metadata Path ==\n${path}\n`,
        `== Metadata ==\n${rowsText(Object.entries(known))}`,
        ...Object.entries((versions ?? {}) as VaultBody).map(
          ([number, info]) => `== Version ${number} ==\n${rowsText(Object.entries(info as VaultBody))}`,
        ),
      ]
      session.print(answer.body, parts.join('\n'))
    }
    return undefined
  },
})

const settingFlags = {
  maxVersions: { type: 'string', placeholder: 'number', help: 'how many versions are kept' },
  casRequired: {
    type: 'boolean',
    mayBeUnsaid: true,
    help: 'whether a write must say over which version',
  },
  deleteVersionAfter: {
    type: 'string',
    placeholder: 'time',
    help: 'after how long a version is deleted by itself',
  },
  customMetadata: { type: 'list', placeholder: 'name=value', help: 'what to note about the secret' },
} as const satisfies Flags

type Given = {
  readonly maxVersions: string | undefined
  readonly casRequired: boolean | undefined
  readonly deleteVersionAfter: string | undefined
  readonly customMetadata: readonly string[]
}

const settingsOf = ({ maxVersions, casRequired, deleteVersionAfter, customMetadata }: Given) => ({
  ...(maxVersions !== undefined && { max_versions: maxVersions }),
  ...(casRequired !== undefined && { cas_required: casRequired }),
  ...(deleteVersionAfter !== undefined && { delete_version_after: deleteVersionAfter }),
  ...(customMetadata.length > 0 && { custom_metadata: pairsIn(customMetadata) }),
})

export const kvMetadataPut = vaultCommand({
  name: 'kv metadata put',
  summary: 'Set what holds for a secret and what is noted about it',
  examples: ['sentinel vault kv metadata put -max-versions=5 -custom-metadata=owner=team secret/app'],
  flags: { ...mountFlag, ...settingFlags },
  positionals: secretPosition,
  async act(session, { secret, mount, ...given }) {
    const body = settingsOf(given)
    const path = kvPath(requireVersions(await placeOf(session, secret, mount)), 'metadata')
    const answer = await session.ask({ method: 'PUT', path, body })
    session.show(answer, { done: `Success! Data written to: ${path}` })
    return undefined
  },
})

export const kvMetadataPatch = vaultCommand({
  name: 'kv metadata patch',
  summary: 'Change some of what holds for a secret',
  examples: [
    'sentinel vault kv metadata patch -custom-metadata=owner=other -remove-custom-metadata=old secret/app',
  ],
  flags: {
    ...mountFlag,
    ...settingFlags,
    removeCustomMetadata: { type: 'list', placeholder: 'name', help: 'what is no longer noted' },
  },
  positionals: secretPosition,
  async act(session, { secret, mount, removeCustomMetadata, ...given }) {
    const settings = settingsOf(given)
    const removed = Object.fromEntries(removeCustomMetadata.map((name) => [name, null]))
    const notes = { ...settings.custom_metadata, ...removed }
    const body = Object.keys(notes).length === 0 ? settings : { ...settings, custom_metadata: notes }
    const path = kvPath(requireVersions(await placeOf(session, secret, mount)), 'metadata')
    const answer = await session.ask({ method: 'PATCH', path, body })
    session.show(answer, { done: `Success! Data written to: ${path}` })
    return undefined
  },
})

export const kvMetadataDelete = vaultCommand({
  name: 'kv metadata delete',
  summary: 'Take a secret away for good, with all its versions',
  examples: ['sentinel vault kv metadata delete secret/app'],
  flags: mountFlag,
  positionals: secretPosition,
  async act(session, { secret, mount }) {
    const place = requireVersions(await placeOf(session, secret, mount))
    const path = kvPath(place, 'metadata')
    await session.ask({ method: 'DELETE', path })
    session.done(`Success! Data deleted (if it existed) at: ${path}`)
    return undefined
  },
})
