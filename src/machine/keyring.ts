// The keyring of the operating system: Keychain, Credential Manager, or the Secret Service of a desktop.
//
// On Linux the store is pinned: without D-Bus the library would fall back to the keyring of the kernel, which is empty after
// the next boot, and take what it finds there. It is native code (docs/decisions/0013-native-parts.md), so nothing else is
// in this module: the build requires it at its first use.

import { Entry } from '@napi-rs/keyring'

/** One secret of a keyring. */
export type KeyringEntry = { read(): string | null; write(text: string): void; remove(): void }

/** The secret of a name. Every call throws what the library throws. */
export function keyringEntry(service: string, name: string): KeyringEntry {
  const entry = new Entry(service, name, { linux: { store: 'secret-service' } })
  return {
    read: () => entry.getPassword(),
    write: (text) => entry.setPassword(text),
    remove: () => {
      entry.deleteCredential()
    },
  }
}
