import type { BatchError, Ipvs } from '../../../../src/index.ts'

const web = 'tcp://192.0.2.10:80'
const realServer = { address: '192.0.2.20', forwarding: 'dr' } as const

/** A call of every method of a client that sends a request. */
export const CALLS: Readonly<Record<string, (ipvs: Ipvs) => Promise<unknown>>> = {
  addService: (ipvs) => ipvs.addService({ protocol: 'tcp', address: '192.0.2.10', port: 81 }),
  updateService: (ipvs) => ipvs.updateService(web, { scheduler: 'wrr' }),
  removeService: (ipvs) => ipvs.removeService(web),
  addDestination: (ipvs) => ipvs.addDestination(web, { ...realServer, port: 81 }),
  updateDestination: (ipvs) => ipvs.updateDestination(web, { ...realServer, weight: 2 }),
  removeDestination: (ipvs) => ipvs.removeDestination(web, realServer),
  batch: async (ipvs) => {
    try {
      await ipvs.batch([{ command: 'removeService', service: web }])
    } catch (error) {
      throw (error as BatchError).failures[0]?.error
    }
  },
  services: (ipvs) => ipvs.services(),
  eachService: async (ipvs) => {
    for await (const service of ipvs.eachService()) void service
  },
  service: (ipvs) => ipvs.service(web),
  destinations: (ipvs) => ipvs.destinations(web),
  zero: (ipvs) => ipvs.zero(),
  flush: (ipvs) => ipvs.flush(),
  overview: async (ipvs) => {
    for await (const service of ipvs.overview()) void service
  },
  info: (ipvs) => ipvs.info(),
  timeouts: (ipvs) => ipvs.timeouts(),
  setTimeouts: (ipvs) => ipvs.setTimeouts({ tcp: 1 }),
  daemons: (ipvs) => ipvs.daemons(),
  startDaemon: (ipvs) => ipvs.startDaemon({ role: 'backup', interface: 'lo' }),
  stopDaemon: (ipvs) => ipvs.stopDaemon('backup'),
  connections: async (ipvs) => {
    for await (const entry of ipvs.connections()) void entry
  },
  totals: (ipvs) => ipvs.totals(),
}
