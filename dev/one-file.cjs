// Starts the program that lies beside this file, with what V8 made of it when it first ran (one-file.ts).

const { existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs')
const { Script } = require('node:vm')

const [body, kept] = [`${__filename}.body`, `${__filename}.kept`]
const cachedData = existsSync(kept) ? readFileSync(kept) : undefined
const script = new Script(readFileSync(body, 'utf8'), { filename: body, cachedData })
if (cachedData === undefined) {
  process.on('exit', () => {
    if (existsSync(kept)) return
    const own = `${kept}.${process.pid}`
    writeFileSync(own, script.createCachedData())
    renameSync(own, kept)
  })
}
script.runInThisContext()(require)
