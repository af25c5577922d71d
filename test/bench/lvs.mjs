/**
 * This library, as the other programs of the benchmark: `node lvs.mjs program|reweight|read|remove SERVICES DESTINATIONS`
 * prints one line of JSON. With `--warm` it has run the same against scratch services before, so that the code is compiled.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Ipvs } from '@lvs/netlink'

const [operation, servicesText, destinationsText, warm] = process.argv.slice(2)
const services = Number(servicesText)
const destinations = Number(destinationsText)

const ipvs = await Ipvs.open()

function serviceKey(s, network = 10) {
  const host = s + 1
  return { protocol: 'tcp', address: `${network}.${host >> 16}.${(host >> 8) & 255}.${host & 255}`, port: 80 }
}

function destination(d, weight) {
  const host = d + 1
  return {
    ...{ address: `172.16.${host >> 8}.${host & 255}`, port: 80, forwarding: 'dr', weight },
    ...{ upperThreshold: 0, lowerThreshold: 0 },
  }
}

const OPERATIONS = {
  program: (count, perService, network) => {
    const calls = []
    for (let s = 0; s < count; s++) {
      const key = serviceKey(s, network)
      calls.push(ipvs.addService({ ...key, scheduler: 'rr' }))
      for (let d = 0; d < perService; d++) calls.push(ipvs.addDestination(key, destination(d, 1)))
    }
    return Promise.all(calls)
  },
  reweight: (count, perService, network) => {
    const calls = []
    for (let s = 0; s < count; s++) {
      const key = serviceKey(s, network)
      for (let d = 0; d < perService; d++) calls.push(ipvs.updateDestination(key, destination(d, 7)))
    }
    return Promise.all(calls)
  },
  read: () => ipvs.services(),
  remove: (count, _, network) =>
    Promise.all(Array.from({ length: count }, (_unused, s) => ipvs.removeService(serviceKey(s, network)))),
}

if (warm === '--warm') {
  const small = [Math.min(services, 1000), Math.min(destinations, 10), 11]
  for (let round = 0; round < 3; round++) {
    if (operation !== 'program') await OPERATIONS.program(100, 10, 12)
    await OPERATIONS[operation](operation === 'read' ? 0 : 100, 10, operation === 'program' ? 11 : 12)
    if (operation === 'program') await OPERATIONS.remove(100, 10, 11)
    else if (operation !== 'remove') await OPERATIONS.remove(100, 10, 12)
  }
  void small
}

globalThis.gc?.()
const before = ipvs.activity
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
const start = process.hrtime.bigint()
const result = await OPERATIONS[operation](services, destinations, 10)
const seconds = Number(process.hrtime.bigint() - start) / 1e9
await new Promise((resolve) => setImmediate(resolve))
delay.disable()
const after = ipvs.activity
if (operation === 'read' && result.length !== services) throw new Error(`read ${result.length} services`)
console.log(
  JSON.stringify({
    seconds,
    calls: after.sends + after.receives - before.sends - before.receives,
    rssBytes: process.resourceUsage().maxRSS * 1024,
    loopDelayMs: delay.max / 1e6,
  }),
)
