/**
 * Programs a table of 1,000 virtual services with 10 destinations each, drains one real server in all of them, and reads
 * the table as a stream. Runs in a network namespace of its own; needs root and a kernel with IPVS.
 */

import { execFileSync } from 'node:child_process'
import { type BatchCommand, BatchError, Ipvs } from '@lvs/netlink'

const SERVICES = 1000
const REAL_SERVERS = 10
const DRAINED = '198.51.100.3'

function* program(): Generator<BatchCommand> {
  for (let s = 0; s < SERVICES; s++) {
    const service = { protocol: 'tcp', address: `10.0.${s >> 8}.${s & 255}`, port: 80 } as const
    yield { command: 'addService', service: { ...service, scheduler: 'wrr' } }
    for (let d = 1; d <= REAL_SERVERS; d++) {
      const destination = { address: `198.51.100.${d}`, forwarding: 'dr', weight: 10 } as const
      yield { command: 'addDestination', service, destination }
    }
  }
}

/** Sets the weight of one real server to 0 in every service, while the table is being read. */
async function* drain(ipvs: Ipvs, address: string): AsyncGenerator<BatchCommand> {
  for await (const service of ipvs.eachService()) {
    const destination = service.destinations.find((each) => each.address === address)
    if (destination === undefined) continue
    yield { command: 'updateDestination', service, destination: { ...destination, weight: 0 } }
  }
}

execFileSync('ip', ['netns', 'add', 'lvs-large-table'])
try {
  execFileSync('ip', ['-n', 'lvs-large-table', 'link', 'set', 'lo', 'up'])
  await using ipvs = await Ipvs.open({ netns: '/run/netns/lvs-large-table' })

  await ipvs.batch(program())
  const { messages, sends, receives } = ipvs.activity
  console.log(`${messages} messages in ${sends + receives} system calls`)

  try {
    await ipvs.batch(program())
  } catch (error) {
    if (!(error instanceof BatchError)) throw error
    console.log(`once more: ${error.failures.length} refused, such as ${error.failures[0]?.error.message}`)
  }

  await ipvs.batch(drain(ipvs, DRAINED))
  let drained = 0
  for await (const { destinations } of ipvs.eachService()) {
    drained += destinations.filter(({ weight }) => weight === 0).length
  }
  console.log(`done: ${DRAINED} gets no new connections from ${drained} services`)
} finally {
  execFileSync('ip', ['netns', 'delete', 'lvs-large-table'])
}
