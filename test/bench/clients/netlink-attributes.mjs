// The attributes of IPVS (<linux/ip_vs.h>), encoded by hand, as a user of the package netlink must do.
import { createRequire } from 'node:module'

const structures = createRequire(new URL('../peers/package.json', import.meta.url))('netlink')
const { AttrStream, parseAttributes, putU16, putU16be, putU32 } = structures

export const FAMILY = { name: 'IPVS', version: 1 }

export const COMMANDS = {
  addService: 1,
  removeService: 3,
  getService: 4,
  addDestination: 5,
  updateDestination: 6,
  getDestination: 8,
}

/** IP_VS_CONN_F_DROUTE. */
const DIRECT_ROUTING = 3

const address = (text) => Buffer.from([...text.split('.').map(Number), ...new Array(12).fill(0)])

/** Attributes, passed as [type, bytes], one after another. */
function attributes(...pairs) {
  const stream = new AttrStream()
  for (const [type, bytes] of pairs) stream.push(type, bytes)
  return stream.bufs
}

/** The object of a command: a service and, for most commands, a destination. */
export function payloadOf({ command, service, destination }) {
  const about = [1, serviceOf(service, command === 'addService')]
  return destination === undefined ? attributes(about) : attributes(about, [2, destinationOf(destination)])
}

/** The key of a service, or the complete service. */
function serviceOf(service, whole) {
  const key = [
    [1, putU16(2)],
    [2, putU16(6)],
    [3, address(service.address)],
    [4, putU16be(service.port)],
  ]
  const settings = [
    [6, Buffer.from(`${service.scheduler}\0`)],
    [7, Buffer.from([0, 0, 0, 0, 255, 255, 255, 255])],
    [8, putU32(0)],
    [9, putU32(0xffffffff)],
  ]
  return whole ? attributes(...key, ...settings) : attributes(...key)
}

function destinationOf(destination) {
  return attributes(
    [1, address(destination.address)],
    [2, putU16be(destination.port)],
    [3, putU32(DIRECT_ROUTING)],
    [4, putU32(destination.weight)],
    [5, putU32(destination.upperThreshold)],
    [6, putU32(destination.lowerThreshold)],
  )
}

/** A destination from a reply, without its statistics. */
export function readDestination(data) {
  const destination = {}
  parseAttributes(data, (nested) =>
    parseAttributes(nested.data, ({ type, data: bytes }) => {
      if (type === 1) destination.address = bytes.subarray(0, 4).join('.')
      else if (type === 2) destination.port = bytes.readUInt16BE()
      else if (type === 3) destination.forwarding = bytes.readUInt32LE()
      else if (type === 4) destination.weight = bytes.readUInt32LE()
      else if (type === 7) destination.activeConnections = bytes.readUInt32LE()
      else if (type === 8) destination.inactiveConnections = bytes.readUInt32LE()
    }),
  )
  return destination
}
