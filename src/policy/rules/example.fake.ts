/** The example policy of the project's README, word for word, for tests. */
export const example = `version: "1"
rules:
  # Developers get dev access anytime
  - name: dev-allow
    effect: allow
    conditions:
      profiles: [dev, staging]
    reason: Development access

  # AI agents only during business hours
  - name: ai-business-hours
    effect: allow
    conditions:
      profiles: [ai-readonly]
      time:
        days: [monday, tuesday, wednesday, thursday, friday]
        hours:
          start: "09:00"
          end: "17:00"
        timezone: America/New_York
    reason: AI access during business hours only

  # Production requires server mode (instant revocation)
  - name: prod-server-only
    effect: require_server
    conditions:
      profiles: [prod]
    reason: Production requires server mode

  # Everything else needs approval
  - name: default-approval
    effect: require_approval
    conditions: {}
    reason: Requires approval
`
