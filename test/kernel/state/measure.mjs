// Measures plan and apply of a large table against reading it:
//
//   LAB=qemu npm run lab -- node test/kernel/state-measure.mjs [SERVICES] [ROUNDS]
//   node test/kernel/state-measure.mjs recorded [SERVICES] [ROUNDS]
//
// In the lab it runs with the kernel. `recorded` runs without a kernel and replays recorded replies, which measures the library
// alone. The operations alternate, so that their conditions are equal; the first rounds are not counted.
import { execFileSync } from 'node:child_process'
import { release } from 'node:os'
import { describeTable, formatService, Ipvs, planTable } from '@lvs/netlink'
import { Player } from '../../bench/micro/player.mjs'

const words = process.argv.slice(2)
const isRecorded = words[0] === 'recorded'
if (isRecorded) words.shift()
const [services = 10_000, rounds = 15] = words.map(Number)
const DESTINATIONS = 10
const WARM_UP = 3
const OPTIONS = { owns: () => true }
const NO_TIMEOUTS = { timeouts: { tcp: 0, tcpFin: 0, udp: 0 }, daemons: [] }

const ipvs = isRecorded
  ? await Ipvs.open({ transport: new Player({ services, destinations: DESTINATIONS }) })
  : await openTable()
const table = { services: await ipvs.services(), ...NO_TIMEOUTS }
// Like a document from another source: with its own strings and objects.
const desired = documentOf(table)
const changed = documentOf(table)
const place = services >> 1
changed.services[place].destinations[0].weight++
const smallDesired = { services: desired.services.slice(0, services / 10) }
const names = new Set(smallDesired.services.map(({ service }) => service))
const small = { ...table, services: table.services.filter((service) => names.has(formatService(service))) }

const work = {
  read: () => ipvs.services(),
  plan: () => ipvs.plan(desired, OPTIONS).then(({ steps }) => expectSteps(0, steps)),
  'apply, no change': () => ipvs.apply(desired, OPTIONS).then(({ steps }) => expectSteps(0, steps)),
  'apply, one change': () => ipvs.apply(changed, OPTIONS).then(({ steps }) => expectSteps(1, steps)),
  'planning alone': async () => expectSteps(0, planTable(table, desired).steps),
  'planning alone, a tenth': async () => expectSteps(0, planTable(small, smallDesired).steps),
}
const times = Object.fromEntries(Object.keys(work).map((name) => [name, []]))
for (let round = -WARM_UP; round < rounds; round++) {
  for (const [name, run] of Object.entries(work)) {
    const start = performance.now()
    await run()
    if (round >= 0) times[name].push(performance.now() - start)
    if (name === 'apply, one change') await ipvs.apply(desired, OPTIONS)
  }
}

console.log(
  `${process.env.LVS_LAB ?? 'recorded'} Linux ${release()}, Node.js ${process.version}, ${services} x ${DESTINATIONS}`,
)
const read = median(times.read)
for (const [name, all] of Object.entries(times)) {
  console.log(`${name}: ${median(all).toFixed(1)} ms, ${(median(all) / read).toFixed(2)} of reading`)
}
const linear = median(times['planning alone']) / median(times['planning alone, a tenth'])
console.log(`ten times the table takes ${linear.toFixed(1)} times as long to plan`)
ipvs.close()

async function openTable() {
  execFileSync('ip', ['link', 'set', 'lo', 'up'])
  const ipvs = await Ipvs.open()
  // The last bytes of the addresses differ: otherwise all services are in one bucket of the kernel's hash table
  // (ip_vs_svc_hashkey, before Linux 7.1), reading takes three times as long, and planning seems cheap in comparison.
  await ipvs.apply({
    services: Array.from({ length: services }, (_, service) => ({
      service: `tcp://10.0.${service >> 8}.${service & 255}:80`,
      scheduler: 'wrr',
      destinations: Array.from({ length: DESTINATIONS }, (_, real) => ({
        address: `172.16.${service & 255}.${real + 1}`,
        forwarding: 'dr',
        weight: real + 1,
      })),
    })),
  })
  return ipvs
}

function documentOf(current) {
  return { services: JSON.parse(JSON.stringify(describeTable(current).services)) }
}

function expectSteps(count, steps) {
  if (steps.length !== count) throw new Error(`${steps.length} steps, not ${count}: ${steps[0]?.text}`)
}

function median(values) {
  return values.toSorted((one, other) => one - other)[values.length >> 1]
}
