// Loaded into a measured process: its largest resident set, in kilobytes, goes to file 3 when it ends. Where Linux tells
// the process's own, it is taken: what `resourceUsage` tells includes the process that started it, up to the exec.
const { existsSync, readFileSync, writeSync } = require('node:fs')

process.on('exit', () => {
  const status = '/proc/self/status'
  const own = existsSync(status) ? /VmHWM:\s*(\d+)/.exec(readFileSync(status, 'utf8'))?.[1] : undefined
  writeSync(3, own ?? String(process.resourceUsage().maxRSS))
})
