// Loaded before a program with `--require`: notes in which order it writes and syncs which files. The calls themselves
// are made as ever, and the program knows nothing of it. STORM_ORDER names the file for what was seen.

const fs = require('node:fs')

const { openSync, writeSync, fdatasyncSync, writeFileSync } = fs
const paths = new Map([[1, 'stdout']])
const seen = []

fs.openSync = (path, ...rest) => {
  const file = openSync(path, ...rest)
  paths.set(file, String(path))
  return file
}
fs.writeSync = (file, ...rest) => {
  const count = writeSync(file, ...rest)
  seen.push(['write', paths.get(file)])
  return count
}
fs.fdatasyncSync = (file) => {
  fdatasyncSync(file)
  seen.push(['sync', paths.get(file)])
}

process.on('exit', () => writeFileSync(process.env.STORM_ORDER, JSON.stringify(seen)))
