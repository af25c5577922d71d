// A long-lived process that runs operations in one namespace after another, on request of its parent. A client lives as long as
// its namespace.
import { Ipvs } from '@lvs/netlink'
import { measure } from '../measure.mjs'
import { prepare, systemCalls, waysToRead } from './lvs-operations.mjs'

let ipvs

const ANSWERS = {
  ways: () => waysToRead(Ipvs),
  open: async ({ netns }) => {
    ipvs = await Ipvs.open({ netns })
  },
  close: () => ipvs.close(),
  run: async ({ operation, table, way }) => {
    const work = prepare(operation, table, way)
    const before = systemCalls(ipvs, way)
    const { sample } = await measure(() => work(ipvs))
    return { ...sample, calls: systemCalls(ipvs, way) - before }
  },
}

process.on('message', async ({ ask, ...rest }) => {
  try {
    process.send({ answer: await ANSWERS[ask](rest) })
  } catch (error) {
    process.send({ error: error.stack })
  }
})
