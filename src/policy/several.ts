/** Failures as one text, as Go writes them (spec/vault.md 8.3). */
export const severalText = (failures: readonly string[]): string =>
  `${failures.length} error${failures.length === 1 ? '' : 's'} occurred:\n${failures.map((text) => `\t* ${text}\n\n`).join('')}`
