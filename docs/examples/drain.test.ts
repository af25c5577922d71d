import { Ipvs } from '@lvs/netlink'
import { SimulatedKernel } from '@lvs/netlink/testing'
import { expect, it, onTestFinished } from 'vitest'
import { drain } from './drain.ts'

const web = 'tcp://192.0.2.1:80'
const server = { address: '192.0.2.10', port: 80 }

/** A kernel with a virtual service and two real servers, and a client of that kernel. */
async function makeKernel() {
  const kernel = new SimulatedKernel({ profile: '6.12' })
  kernel.setState({
    services: [
      {
        ...{ protocol: 'tcp', address: '192.0.2.1', port: 80, scheduler: 'rr' },
        destinations: [
          { ...server, forwarding: 'dr' },
          { address: '192.0.2.11', port: 80, forwarding: 'dr' },
        ],
      },
    ],
  })
  const ipvs = await Ipvs.open({ transport: kernel })
  onTestFinished(() => ipvs.close())
  return { kernel, ipvs, pause: async () => kernel.clock.advance(10) }
}

it('waits for the last connection and then removes the server', async () => {
  const { kernel, ipvs, pause } = await makeKernel()
  const connections = ['203.0.113.1', '203.0.113.2'].map((client) =>
    kernel.traffic().open({ client, service: web }),
  )
  for (const connection of connections) connection?.close()

  expect(await drain(ipvs, web, server, { pause })).toBe('drained')

  expect(kernel.log.lines).toEqual([
    'SET_DEST tcp://192.0.2.1:80 -> 192.0.2.10:80 dr weight 0',
    'DEL_DEST tcp://192.0.2.1:80 -> 192.0.2.10:80',
  ])
  expect(kernel.clock.now).toBe(120)
})

it('gives up when a client stays connected', async () => {
  const { kernel, ipvs, pause } = await makeKernel()
  for (const client of ['203.0.113.1', '203.0.113.2']) kernel.traffic().open({ client, service: web })

  expect(await drain(ipvs, web, server, { pause, maxChecks: 5 })).toBe('gave up')

  expect(kernel.state().services[0]?.destinations.map(({ weight }) => weight)).toEqual([0, 1])
})

it('succeeds when another program removes the server first', async () => {
  const { kernel, ipvs, pause } = await makeKernel()
  kernel.traffic().open({ client: '203.0.113.1', service: web })
  kernel.traffic().open({ client: '203.0.113.2', service: web })
  kernel.faults.inject({
    on: 'GET_DEST',
    after: 2,
    fault: {
      kind: 'meanwhile',
      run: () => kernel.run([{ command: 'removeDestination', service: web, destination: server }]),
    },
  })

  expect(await drain(ipvs, web, server, { pause })).toBe('drained')
})

it('rejects when the kernel refuses', async () => {
  const { kernel, ipvs, pause } = await makeKernel()
  kernel.faults.inject({ on: 'SET_DEST', fault: { kind: 'refuse', error: 'ENOMEM' } })

  await expect(drain(ipvs, web, server, { pause })).rejects.toMatchObject({ code: 'ENOMEM' })
})
