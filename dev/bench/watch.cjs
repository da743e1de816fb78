// Loaded before the program with `--require`: looks on from outside what a run opens, loads and formats, and when.
// The program knows nothing of it. BENCH_REPORT names the file for what was seen.

const fs = require('node:fs')

const { writeFileSync } = fs
const watched = ['openSync', 'readFileSync', 'symlinkSync', 'unlinkSync', 'writeSync', 'fdatasyncSync']
const begun = performance.now()
const events = []
let dateFormats = 0

function watching(name, call) {
  return function watch(...args) {
    const at = performance.now()
    const result = call.apply(this, args)
    events.push({ at: at - begun, ms: performance.now() - at, name, what: String(args[0]) })
    return result
  }
}

for (const name of watched) fs[name] = watching(name, fs[name])
const realpath = fs.realpathSync
realpath.native = watching('realpathSync', realpath.native)

const { DateTimeFormat } = Intl
Intl.DateTimeFormat = new Proxy(DateTimeFormat, {
  apply: () => new Intl.DateTimeFormat(),
  construct: (_, args) => {
    dateFormats++
    return new DateTimeFormat(...args)
  },
})

const builtinsBefore = new Set(process.moduleLoadList)
process.on('exit', () => {
  const modules = Object.keys(require.cache).filter((path) => path !== __filename)
  const builtins = process.moduleLoadList
    .filter((name) => name.startsWith('NativeModule ') && !builtinsBefore.has(name))
    .map((name) => name.slice('NativeModule '.length))
  const seen = { events, ms: performance.now() - begun, modules, builtins, dateFormats }
  writeFileSync(process.env.BENCH_REPORT, JSON.stringify(seen))
})
