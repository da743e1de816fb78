// What holds whatever a policy says. Seconds.

/** The shortest time that anything can be asked for: STS issues nothing shorter. */
export const shortestSeconds = 900

/** The longest time that a request may ask for; more is cut to it. */
export const longestRequestSeconds = 8 * 3600

/** The longest emergency; more is cut to it. */
export const longestEmergencySeconds = 4 * 3600

/** How far back openings may count: what a ledger must keep. */
export const longestWindowSeconds = 30 * 86_400
