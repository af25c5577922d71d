// npm run bench: the library beside other ways to control IPVS, under one kernel, in one run.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInLab } from './lab.mjs'
import { readOptions } from './options.mjs'
import { buildLibrary, call, compilePrograms, installPeers, ROOT } from './prepare.mjs'
import { consoleTable } from './report/console.mjs'
import { growthOf } from './report/growth.mjs'
import { guidePage } from './report/guide.mjs'
import { rowsOf } from './report/rows.mjs'

const options = readOptions()
if (options === undefined) process.exit()

const scratch = mkdtempSync(join(tmpdir(), 'bench-'))
try {
  const notes = prepare()
  const micro = options.micro ? runMicro() : undefined
  const found = runInLab(scratch, options)
  const { kernel, node, machine, trash } = found
  const rows = rowsOf(found, options.clients)
  const result = {
    ...{ kernel, cpu: cpus()[0].model, machine, date: new Date().toISOString(), node, rows },
    ...{ growth: growthOf(rows), trash, notes: [...notes, ...found.notes], micro },
  }
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, undefined, 2)}\n`)
  if (options.guide) writeFileSync(`${ROOT}/docs/guide/performance.md`, guidePage(result))
  console.log(consoleTable(result))
} finally {
  rmSync(scratch, { recursive: true })
}

/** Builds the required programs. Returns notes on clients that are unavailable, and removes them from the options. */
function prepare() {
  buildLibrary()
  compilePrograms(scratch)
  if (!options.clients.includes('netlink')) return []
  const problem = installPeers()
  if (problem === undefined) return []
  options.clients = options.clients.filter((name) => name !== 'netlink')
  return [{ client: 'netlink', variant: '', text: `not run: ${problem}` }]
}

function runMicro() {
  const json = join(scratch, 'micro.json')
  call(process.execPath, [fileURLToPath(new URL('micro.mjs', import.meta.url)), '--json', json])
  return JSON.parse(readFileSync(json, 'utf8'))
}
