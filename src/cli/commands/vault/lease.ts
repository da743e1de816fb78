import { vaultCommand } from '../../vault/vault-command.ts'

const idOf = { help: 'id of the lease', required: true } as const

export const leaseLookup = vaultCommand({
  name: 'lease lookup',
  summary: 'Show what is known of a lease',
  examples: ['sentinel vault lease lookup database/creds/app/2f6a614c'],
  flags: {},
  positionals: { id: idOf },
  async act(session, { id }) {
    session.show(await session.ask({ method: 'PUT', path: 'sys/leases/lookup', body: { lease_id: id } }))
    return undefined
  },
})

export const leaseRenew = vaultCommand({
  name: 'lease renew',
  summary: 'Make a lease last longer',
  examples: ['sentinel vault lease renew -increment=1h database/creds/app/2f6a614c'],
  flags: { increment: { type: 'string', short: 'i', placeholder: 'time', help: 'how long from now on' } },
  positionals: { id: idOf },
  async act(session, { id, increment }) {
    const body = { lease_id: id, increment }
    session.show(await session.ask({ method: 'PUT', path: 'sys/leases/renew', body }))
    return undefined
  },
})

export const leaseRevoke = vaultCommand({
  name: 'lease revoke',
  summary: 'End a lease, or all whose ids begin alike',
  examples: [
    'sentinel vault lease revoke database/creds/app/2f6a614c',
    'sentinel vault lease revoke -prefix database/creds/app',
  ],
  flags: {
    prefix: { type: 'boolean', help: 'all leases whose ids begin with this' },
    force: {
      type: 'boolean',
      help: 'with -prefix: forget them, although what was lent could not be taken back',
    },
    sync: { type: 'boolean', help: 'answer when it is done' },
  },
  positionals: { id: idOf },
  async act(session, { id, prefix, force, sync }) {
    const path = prefix ? `sys/leases/revoke-${force ? 'force' : 'prefix'}/${id}` : 'sys/leases/revoke'
    await session.ask({ method: 'PUT', path, body: prefix ? { sync } : { lease_id: id, sync } })
    session.done(`Success! Revoked ${prefix ? 'all leases below' : 'lease'}: ${id}`)
    return undefined
  },
})
