// node loop.mjs batch|calls|whole|stream One large piece of work in a new process: time, peak memory, and the delay of the
// event loop. Then the delay of the event loop again, after V8 has compiled all code.
import { Ipvs } from '@lvs/netlink'
import { prepare } from '../clients/lvs-operations.mjs'
import { measure } from '../measure.mjs'
import { Player } from './player.mjs'

const [way] = process.argv.slice(2)
const WARM_UP = 5
/** 100,000 commands. */
const COMMANDS = { services: 10_000, destinations: 9 }
/** 100,000 destinations. */
const DESTINATIONS = { services: 10_000, destinations: 10 }

const writing = way === 'batch' || way === 'calls'
const work = writing ? prepare('program', COMMANDS, way) : prepare('read', DESTINATIONS, way)
const ipvs = await Ipvs.open({ transport: new Player(DESTINATIONS) })
const { sample: cold } = await measure(() => work(ipvs), 1)
for (let round = 0; round < WARM_UP; round++) await work(ipvs)
const { sample: warm } = await measure(() => work(ipvs), 1)
console.log(
  JSON.stringify({
    ...cold,
    ...{
      warmSeconds: warm.seconds,
      warmLoopDelayMs: warm.loopDelayMs,
      warmLoopDelayP99Ms: warm.loopDelayP99Ms,
    },
  }),
)
