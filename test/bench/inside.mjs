// node inside.mjs CONFIGURATION
// The part of the benchmark that runs under a kernel with IPVS: every client, side by side.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { CLIENTS } from './clients/index.mjs'
import { limit as limits } from './clients/limit.mjs'
import { liveThrough } from './life.mjs'
import { allRounds } from './rounds.mjs'
import { traceAll } from './tracing.mjs'
import { measureTrash } from './trash.mjs'

const configuration = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const { destinations, rounds } = configuration
const started = performance.now()
const say = (text) => console.error(`bench: ${((performance.now() - started) / 1000).toFixed(0)} s: ${text}`)

const context = { programs: configuration.programs, scratch: mkdtempSync(join(tmpdir(), 'bench-')) }
const clients = configuration.clients.flatMap((name) => CLIENTS[name](context))
const [limit] = limits(context)

say('loading what the kernel loads at the first use')
await liveThrough(limit, { services: 10, destinations }, limit, { checking: true })
for (const client of clients) {
  if (client.start === undefined) continue
  say(`warming up ${client.name} ${client.variant}`)
  await client.start()
}
const { samples, notes } = await allRounds(clients, limit, configuration, say)
for (const client of clients) client.stop?.()
const counts = await traceAll(clients, limit, destinations, say)
say('programming again after a flush')
const trash = await measureTrash(limit, destinations, rounds)

const machine = /model name\s*:\s*(.*)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]
writeFileSync(
  configuration.result,
  JSON.stringify({ kernel: release(), machine, node: process.version, samples, notes, counts, trash }),
)
