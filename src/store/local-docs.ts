// Documents in this machine's own store. People's words are encrypted as cached credentials are, each bound to its row,
// version and attribute, so that none can be moved to another place. In front of each row stands an HMAC of it.

import { createHmac } from 'node:crypto'
import { closeText, type Keys, type Machine, openText } from '../machine/index.ts'
import type { Collection, Docs } from './docs.ts'
import { type Closing, docsOverKv } from './docs-over-kv.ts'
import type { Kv } from './kv.ts'

type Deps = Pick<Machine, 'random' | 'clock'> & { readonly keys: Keys; readonly kv: Kv }

/** Documents in a Kv that lies in files, as `localKv` opens it. */
export function localDocs<Body>(deps: Deps, collection: Collection<Body>): Docs<Body> {
  return docsOverKv({ kv: deps.kv, clock: deps.clock, closing: closingWith(deps) }, collection)
}

function closingWith(deps: Deps): Closing {
  return {
    close: (context, text) => closeText(deps, context, text).toString('base64'),
    open: (context, closed) => openText(deps, context, Buffer.from(closed, 'base64')),
    seal: (row) => createHmac('sha256', deps.keys.seal).update(`store ${row}`).digest('base64'),
  }
}
