// LMDB with a count of what is done to it. One operation goes wrong where FAULTS_STRIKE says so: `name,nth,fault`.
// Bundled in the place of `lmdb`; INSTALLED_LMDB is where the real one lies.

import { appendFileSync } from 'node:fs'

const { open: openReal } = await import(INSTALLED_LMDB)
const [wanted, nth, fault] = (process.env.FAULTS_STRIKE ?? '').split(',')
const notes = process.env.FAULTS_CALLS
const counts = new Map()

function counted(name, operation) {
  return (...args) => {
    const count = counts.get(name) ?? 0
    counts.set(name, count + 1)
    const isStruck = name === wanted && count === Number(nth)
    appendFileSync(notes, `${process.env.FAULTS_STEP} ${name} ${count}${isStruck ? ' struck' : ''}\n`)
    if (!isStruck) return operation(...args)
    if (fault === 'error') throw new Error('MDB_PANIC: a fault on demand')
    if (fault === 'kill before') process.kill(process.pid, 'SIGKILL')
    const result = operation(...args)
    process.kill(process.pid, 'SIGKILL')
    return result
  }
}

/** Opens the real one. */
export function open(options) {
  const db = openReal(options)
  if (notes === undefined) return db
  for (const name of ['getBinary', 'getRange', 'putSync', 'removeSync', 'transactionSync']) {
    db[name] = counted(name, db[name].bind(db))
  }
  return db
}
