// LAB_OUT=test/bench/recorded LAB=qemu npm run lab -- node test/bench/micro/record.mjs Records the replies of a kernel to reads
// of services and destinations: a block of each, without the terminator.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ipvs } from '@lvs/netlink'
import { KernelTransport } from '../../../dist/netlink/transport/kernel-transport.js'

/** The largest block that the kernel sends. */
const BLOCK = 32 * 1024
const RECORDS = { services: 1, destinations: 5 }

const answers = []

/** The kernel, with a record of every reply. */
class Recorder extends KernelTransport {
  async open(protocol) {
    const socket = await super.open(protocol)
    return {
      ...{ portId: socket.portId, receiveBuffer: socket.receiveBuffer, sendBuffer: socket.sendBuffer },
      exchange: async (request) => {
        const report = await socket.exchange(request)
        answers.push(request.replies.slice(0, report.received))
        return report
      },
      close: () => socket.close(),
    }
  }
}

/** The messages with the given family and generic command, as many as fit a block. */
function* messages(command) {
  let room = BLOCK
  for (const answer of answers) {
    const view = new DataView(answer.buffer)
    for (let at = 0; at < answer.length; ) {
      const length = (view.getUint32(at, true) + 3) & ~3
      if (view.getUint16(at + 4, true) > 16 && view.getUint8(at + 16) === command) {
        room -= length
        if (room < 0) return
        yield answer.subarray(at, at + length)
      }
      at += length
    }
  }
}

execFileSync('ip', ['link', 'set', 'lo', 'up'])
const ipvs = await Ipvs.open({ transport: new Recorder() })
for (let s = 1; s <= 120; s++) {
  await ipvs.addService({ protocol: 'tcp', address: `10.0.0.${s}`, port: 80, scheduler: 'rr' })
}
for (let d = 1; d <= 120; d++) {
  await ipvs.addDestination('tcp://10.0.0.1:80', { address: `172.16.0.${d}`, port: 80, forwarding: 'dr' })
}
answers.length = 0
await ipvs.services()
for (const [name, command] of Object.entries(RECORDS)) {
  writeFileSync(join(process.env.LAB_OUT, `${name}.bin`), Buffer.concat([...messages(command)]))
}
ipvs.close()
