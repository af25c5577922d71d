// node lvs-cold.mjs OPERATION SERVICES DESTINATIONS WAY One operation in a new process; opening the client is included.
import { Ipvs } from '@lvs/netlink'
import { measure } from '../measure.mjs'
import { prepare, systemCalls } from './lvs-operations.mjs'

const [operation, services, destinations, way] = process.argv.slice(2)
const work = prepare(operation, { services: Number(services), destinations: Number(destinations) }, way)
const { sample, result } = await measure(async () => {
  const ipvs = await Ipvs.open()
  await work(ipvs)
  return ipvs
})
console.log(JSON.stringify({ ...sample, calls: systemCalls(result) }))
