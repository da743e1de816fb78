// The policies that are there from the beginning (spec/vault.md 4.10). `root` has no text: see rule.ts.

/** What every token may do unless it was made without it: look after itself. May be edited, not deleted. */
export const defaultPolicyText = `# What every token may do for itself, unless it was made without this policy.

# Its own token: look at it, renew it, give it up.
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
path "auth/token/renew-self" {
  capabilities = ["update"]
}
path "auth/token/revoke-self" {
  capabilities = ["update"]
}

# What it may do elsewhere.
path "sys/capabilities-self" {
  capabilities = ["update"]
}
path "sys/internal/ui/resultant-acl" {
  capabilities = ["read"]
}

# Its own entity.
path "identity/entity/id/{{identity.entity.id}}" {
  capabilities = ["read"]
}
path "identity/entity/name/{{identity.entity.name}}" {
  capabilities = ["read"]
}

# Leases whose id it knows.
path "sys/renew" {
  capabilities = ["update"]
}
path "sys/leases/renew" {
  capabilities = ["update"]
}
path "sys/leases/lookup" {
  capabilities = ["update"]
}

# Its own cubbyhole, which no other token can see.
path "cubbyhole/*" {
  capabilities = ["create", "read", "update", "delete", "list"]
}

# Wrapping, and what was wrapped for it.
path "sys/wrapping/wrap" {
  capabilities = ["update"]
}
path "sys/wrapping/lookup" {
  capabilities = ["update"]
}
path "sys/wrapping/unwrap" {
  capabilities = ["update"]
}

# Hashes of what it sends.
path "sys/tools/hash" {
  capabilities = ["update"]
}
path "sys/tools/hash/*" {
  capabilities = ["update"]
}

# Whether the others have agreed to what it asked for.
path "sys/control-group/request" {
  capabilities = ["update"]
}

# Logging in elsewhere with this server as the identity provider.
path "identity/oidc/provider/+/authorize" {
  capabilities = ["read", "update"]
}
`

/** What a wrapping token may do: give back what is wrapped in it. Hidden, fixed, and given to nothing else. */
export const responseWrappingPolicyText = `# A wrapping token gives back what is wrapped in it, and does nothing else.
path "cubbyhole/response" {
  capabilities = ["create", "read"]
}
path "sys/wrapping/unwrap" {
  capabilities = ["update"]
}
`
