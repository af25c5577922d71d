// node --expose-gc --min-semi-space-size=256 --max-semi-space-size=256 commands.mjs batch|calls Commands from the call to the
// result, with a transport that acknowledges them: nanoseconds, bytes, memory.
import { Ipvs } from '@lvs/netlink'
import { prepare } from '../clients/lvs-operations.mjs'
import { countOf } from '../rules.mjs'
import { median } from '../statistics.mjs'
import { allocated } from './allocated.mjs'
import { Player } from './player.mjs'

const [way] = process.argv.slice(2)
const TABLE = { services: 1000, destinations: 10 }
const ROUNDS = { warm: 30, timed: 21 }

const player = new Player()
const ipvs = await Ipvs.open({ transport: player })
const result = {}
for (const operation of ['program', 'reweight', 'remove']) {
  const commands = countOf(operation, TABLE)
  const work = prepare(operation, TABLE, way)
  for (let round = 0; round < ROUNDS.warm; round++) await work(ipvs)
  const bytes = player.bytesTaken
  const times = []
  for (let round = 0; round < ROUNDS.timed; round++) {
    const start = process.hrtime.bigint()
    await work(ipvs)
    times.push(Number(process.hrtime.bigint() - start))
  }
  const nanoseconds = median(times) / commands
  const bytesEach = (player.bytesTaken - bytes) / ROUNDS.timed / commands
  result[operation] = {
    nanoseconds,
    bytesEach,
    bytesPerSecond: (bytesEach / nanoseconds) * 1e9,
    heapBytesEach: (await allocated(() => work(ipvs))) / commands,
  }
}
console.log(JSON.stringify(result))
