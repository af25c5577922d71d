// The tables of the benchmark, in the format of each client. limit.c contains the same tables.

/** Every operation, in the order in which they run on a table. */
export const OPERATIONS = ['program', 'reweight', 'read', 'remove']

const dotted = (network, host) => `${network}.${(host >> 16) & 255}.${(host >> 8) & 255}.${host & 255}`

const serviceKey = (s) => ({ protocol: 'tcp', address: dotted(10, s + 1), port: 80 })

const destination = (d, weight) => ({
  address: `172.16.${(d + 1) >> 8}.${(d + 1) & 255}`,
  port: 80,
  forwarding: 'dr',
  weight,
  upperThreshold: 0,
  lowerThreshold: 0,
})

/** Calls `service` and `destination` for each entry that an operation changes, in order. */
function walk(operation, { services, destinations }, on) {
  for (let s = 0; s < services; s++) {
    const key = serviceKey(s)
    if (operation !== 'reweight') on.service(key)
    if (operation === 'remove') continue
    const weight = operation === 'program' ? 1 : 7
    for (let d = 0; d < destinations; d++) on.destination(key, destination(d, weight))
  }
}

/** The number of commands of an operation; for reads, the number of services. */
export function countOf(operation, { services, destinations }) {
  if (operation === 'program') return services * (1 + destinations)
  return operation === 'reweight' ? services * destinations : services
}

/** The commands of an operation as input of `ipvs.batch`. */
export function commandsOf(operation, table) {
  const commands = []
  walk(operation, table, {
    service: (service) =>
      commands.push(
        operation === 'program'
          ? { command: 'addService', service: { ...service, scheduler: 'rr' } }
          : { command: 'removeService', service },
      ),
    destination: (service, destination) => {
      const command = operation === 'program' ? 'addDestination' : 'updateDestination'
      commands.push({ command, service, destination })
    },
  })
  return commands
}

/** The commands of an operation as lists of arguments of ipvsadm. */
export function argumentsOf(operation, table) {
  const lists = []
  const endpoint = ({ address, port }) => `${address}:${port}`
  walk(operation, table, {
    service: (key) =>
      lists.push(
        operation === 'program' ? ['-A', '-t', endpoint(key), '-s', 'rr'] : ['-D', '-t', endpoint(key)],
      ),
    destination: (key, to) => {
      const verb = operation === 'program' ? '-a' : '-e'
      lists.push([verb, '-t', endpoint(key), '-r', endpoint(to), '-g', '-w', `${to.weight}`])
    },
  })
  return lists
}
