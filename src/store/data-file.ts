// The data file of LMDB, looked at before LMDB maps it: a process that reads mapped memory behind the end of a file dies
// without a word (SIGBUS). What is missing there is filled, so that LMDB finds an empty page and says so.

import { fstatSync, readSync, writeSync } from 'node:fs'

// lmdb.h, MDB_meta, behind the 24 bytes that each page begins with. Its two copies are the first two pages.
const magicAt = 24
const pageSizeAt = 48
const lastPageAt = 144
const transactionAt = 152
const metaBytes = 160
const magic = 0xbeefc0de

/**
 * Pages that were taken and given back in one transaction are never written: the file may end before its last page, by
 * a few of them. By more than this it was cut off.
 */
const mostMissing = 16 * 1024 * 1024

/** Whether an open file, which may be appended to, is one of LMDB. Makes sure that all its pages are there. */
export function isWhole(file: number): boolean {
  const first = metaOf(file, 0)
  const second = first && metaOf(file, first.pageSize)
  if (first === undefined || second === undefined) return false
  const { lastPage } = second.transaction > first.transaction ? second : first
  // Looked at after the page numbers: whoever writes meanwhile only makes it longer.
  const missing = (lastPage + 1) * first.pageSize - fstatSync(file).size
  if (missing > mostMissing) return false
  // At the very end, wherever that is by now: nothing is overwritten.
  if (missing > 0) writeSync(file, Buffer.alloc(missing))
  return true
}

function metaOf(file: number, at: number) {
  const meta = Buffer.alloc(metaBytes)
  if (readSync(file, meta, 0, metaBytes, at) < metaBytes || meta.readUInt32LE(magicAt) !== magic)
    return undefined
  return {
    pageSize: meta.readUInt32LE(pageSizeAt),
    lastPage: Number(meta.readBigUInt64LE(lastPageAt)),
    transaction: meta.readBigUInt64LE(transactionAt),
  }
}
