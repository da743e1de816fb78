// So many connections and no more. Whoever opens many and says nothing keeps nobody out: for each that is too many the one
// is broken that has waited longest without a question that counts, and whoever has just come has the best of chances.
//
// INVARIANT: a connection is never broken while a question with the right token is answered on it.

import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Connections of a server. */
export type Connections = {
  /** Keeps the connection of an answer until that is given. */
  serving(response: ServerResponse): void
}

/** Limits the connections of a server that does not listen yet. */
export function limitConnections(server: Server, most: number): Connections {
  /** The first has waited longest. */
  const waiting = new Set<Socket>()
  const busy = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    waiting.add(socket)
    socket.once('close', () => {
      waiting.delete(socket)
      busy.delete(socket)
    })
    if (waiting.size + busy.size <= most) return
    for (const oldest of waiting) {
      // Until it says that it is closed others may come: it counts no more from here on.
      waiting.delete(oldest)
      oldest.destroy()
      return
    }
  })
  return {
    serving(response) {
      const { socket } = response
      if (socket === null || !waiting.delete(socket)) return
      busy.add(socket)
      response.once('close', () => {
        if (busy.delete(socket) && !socket.destroyed) waiting.add(socket)
      })
    },
  }
}
