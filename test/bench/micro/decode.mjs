// node --expose-gc --min-semi-space-size=256 --max-semi-space-size=256 decode.mjs Reading a table of recorded records into
// objects: nanoseconds per record and bytes per second.
import { Ipvs } from '@lvs/netlink'
import { median } from '../statistics.mjs'
import { allocated } from './allocated.mjs'
import { Player } from './player.mjs'

/** Many records of one kind, and as few as possible of the other. */
const TABLES = {
  services: { services: 5000, destinations: 0 },
  destinations: { services: 125, destinations: 80 },
}
const ROUNDS = { warm: 20, timed: 21 }

const result = {}
for (const [kind, table] of Object.entries(TABLES)) {
  const player = new Player(table)
  const ipvs = await Ipvs.open({ transport: player })
  const records = kind === 'services' ? table.services : table.services * table.destinations
  const { bytesEach } = player[kind]
  const times = []
  for (let round = -ROUNDS.warm; round < ROUNDS.timed; round++) {
    const start = process.hrtime.bigint()
    const read = await ipvs.services()
    if (round >= 0) times.push(Number(process.hrtime.bigint() - start))
    if (read.length !== table.services) throw new Error(`read ${read.length} services`)
  }
  const nanoseconds = median(times) / records
  result[kind] = {
    nanoseconds,
    bytesEach,
    bytesPerSecond: (bytesEach / nanoseconds) * 1e9,
    heapBytesEach: (await allocated(() => ipvs.services())) / records,
  }
}
console.log(JSON.stringify(result))
