// node exchange.mjs COUNT One awaited exchange after another with the controller, a family of every kernel, over the library's
// connection.
import { Connection } from '../../../dist/netlink/connection/connection.js'
import { GenericFamily } from '../../../dist/netlink/generic-family.js'
import { KernelTransport } from '../../../dist/netlink/transport/kernel-transport.js'
import { median } from '../statistics.mjs'

const count = Number(process.argv[2])
const connection = await Connection.open(new KernelTransport(), { protocol: 'generic', timeout: 30_000 })
const times = []
for (let i = -count; i < count; i++) {
  const start = process.hrtime.bigint()
  const family = await GenericFamily.resolve(connection, 'nlctrl')
  if (i >= 0) times.push(Number(process.hrtime.bigint() - start))
  if (family === undefined) throw new Error('no controller')
}
connection.close()
console.log(JSON.stringify({ nanoseconds: median(times) }))
