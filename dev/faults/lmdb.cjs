// LMDB with a count of what is done to it, step by step. One operation goes wrong where FAULTS_STRIKE says so:
// `step name nth:fault`. Bundled in the place of `lmdb`; INSTALLED_LMDB is where the real one lies. The environment is read
// at each operation: a process that travels makes many journeys.

const { appendFileSync, readFileSync } = require('node:fs')
const { open: openReal } = require(INSTALLED_LMDB)

const counts = new Map()

// As lmdb says it: the text and the number of the native code.
const failures = {
  error: ['MDB_PANIC: Update of meta page failed or environment had fatal error', -30795],
  'throttle getBinary': ['MDB_READERS_FULL: Environment maxreaders limit reached', -30790],
  'throttle getRange': ['MDB_READERS_FULL: Environment maxreaders limit reached', -30790],
  throttle: ['MDB_MAP_FULL: Environment mapsize limit reached', -30792],
  timeout: ['Input/output error', 5],
}

function fail(name, fault) {
  const kind = fault.split(' ')[0]
  const [message, code] = failures[`${kind} ${name}`] ?? failures[kind]
  throw Object.assign(new Error(message), { code })
}

const kill = () => process.kill(process.pid, 'SIGKILL')

/** What goes wrong with this operation, which is noted where somebody wants to know. */
function faultOf(name) {
  const { FAULTS_CALLS: notes, FAULTS_STEP: stepFile, FAULTS_STRIKE: strike } = process.env
  const step = notes === undefined ? '' : readFileSync(stepFile, 'utf8')
  if (step === '') return undefined
  const key = `${step} ${name}`
  const nth = counts.get(notes + key) ?? 0
  counts.set(notes + key, nth + 1)
  const [wanted, fault] = strike?.split(':') ?? []
  const isStruck = wanted === `${key} ${nth}`
  appendFileSync(notes, `${key} ${nth}${isStruck ? ' struck' : ''}\n`)
  return isStruck ? fault : undefined
}

function counted(name, operation) {
  return (...args) => {
    const fault = faultOf(name)
    if (fault === 'kill before') kill()
    if (fault !== undefined && !fault.endsWith('after')) fail(name, fault)
    const result = operation(...args)
    if (fault === 'kill after') kill()
    return fault === 'timeout after' ? fail(name, fault) : result
  }
}

/** Opens the real one. */
exports.open = (options) => {
  const db = openReal(options)
  for (const name of ['getBinary', 'getRange', 'putSync', 'removeSync', 'transactionSync']) {
    db[name] = counted(name, db[name].bind(db))
  }
  return db
}
