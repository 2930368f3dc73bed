// One of several processes that share the work: the same queries, rows of its own.
import { parentPort, workerData } from 'node:worker_threads'
import { BatchEngine } from '@reprieve/correlation'
import { compileQuery } from '@reprieve/query'
import { NOW, realistic, rows as rowsOf } from './workload.mjs'

const { queries, rows: count, seed, batch } = workerData
const engine = new BatchEngine()
for (const [index, text] of realistic(queries).entries()) engine.set(String(index), compileQuery(text).query)
const rows = rowsOf(count, seed)
const matchAll = () => {
  for (let start = 0; start < rows.length; start += batch) engine.match(rows.slice(start, start + batch), NOW)
}
matchAll()
matchAll()
parentPort.on('message', () => {
  matchAll()
  parentPort.postMessage('done')
})
parentPort.postMessage('ready')
