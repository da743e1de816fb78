// The archive format of Go's txtar: a script, then files, each behind a line `-- name --`.

/** One file of an archive. */
export type ArchiveFile = { readonly name: string; readonly text: string }

export type Archive = { readonly script: string; readonly files: readonly ArchiveFile[] }

const marker = /^-- (.+) --$/

/** Reads an archive; a last line without its newline gets one. */
export function parseArchive(text: string): Archive {
  const parts: { name: string; lines: string[] }[] = [{ name: '', lines: [] }]
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const name = marker.exec(line)?.[1]?.trim()
    if (name === undefined) parts.at(-1)?.lines.push(line)
    else parts.push({ name, lines: [] })
  }
  const [script, ...files] = parts.map(({ name, lines }) => ({
    name,
    text: lines.map((line) => `${line}\n`).join(''),
  }))
  return { script: script?.text ?? '', files }
}

/** Writes an archive. */
export function formatArchive({ script, files }: Archive): string {
  return script + files.map(({ name, text }) => `-- ${name} --\n${text}`).join('')
}
