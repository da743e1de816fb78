// Preloaded into a process that is to be killed just before its Nth call that may change something in the file system:
// `STORM_KILL_AT=N`. With 0 it lives, and says on stderr how many calls there were.

const fs = require('node:fs')

const at = Number(process.env.STORM_KILL_AT)
const write = fs.writeSync
let count = 0
const changes = [
  'openSync',
  'writeSync',
  'ftruncateSync',
  'fdatasyncSync',
  'fsyncSync',
  'chmodSync',
  'renameSync',
]
for (const name of [...changes, 'rmSync', 'symlinkSync', 'unlinkSync', 'mkdirSync']) {
  const original = fs[name]
  fs[name] = (...args) => {
    if (++count === at) process.kill(process.pid, 'SIGKILL')
    return original(...args)
  }
}
process.on('exit', () => write(2, `${count}`))
