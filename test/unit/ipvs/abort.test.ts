import { beforeEach, describe, expect, it } from 'vitest'
import type { IpvsClient } from '../../../src/ipvs/ipvs-client.ts'
import type { CallOptions } from '../../../src/netlink/arguments/call-options.ts'
import type { SimulatedKernel } from '../../../src/testing/simulated-kernel.ts'
import type { Fault } from '../../../src/testing/wire/fault.ts'
import type { CommandName } from '../../../src/testing/wire/logged-request.ts'
import { commandsOf, openClient } from '../../support/ipvs/simulated-client.ts'

const WEB = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const
const OTHER = { ...WEB, port: 81 } as const
const REAL = { address: '198.51.100.7', forwarding: 'dr' } as const
const reason = new Error('the request was cancelled')

let ipvs: IpvsClient
let kernel: SimulatedKernel
let controller: AbortController

beforeEach(async () => {
  ;({ ipvs, kernel } = await openClient({ services: [WEB] }))
  controller = new AbortController()
})

/** Aborts the signal when the kernel receives a command. */
function abortAt(on: CommandName): void {
  const fault: Fault = { kind: 'meanwhile', run: () => controller.abort(reason) }
  kernel.faults.inject({ on, fault })
}

describe('a signal that is aborted already', () => {
  it.each<[string, (client: IpvsClient, options: CallOptions) => Promise<unknown>]>([
    ['addService', (client, options) => client.addService(WEB, options)],
    ['updateService', (client, options) => client.updateService(WEB, { scheduler: 'rr' }, options)],
    ['removeService', (client, options) => client.removeService(WEB, options)],
    ['addDestination', (client, options) => client.addDestination(WEB, REAL, options)],
    ['updateDestination', (client, options) => client.updateDestination(WEB, REAL, options)],
    ['removeDestination', (client, options) => client.removeDestination(WEB, REAL as never, options)],
    ['services', (client, options) => client.services(options)],
    ['service', (client, options) => client.service(WEB, options)],
    ['destinations', (client, options) => client.destinations(WEB, options)],
    ['zero', (client, options) => client.zero(WEB, options)],
    ['flush', (client, options) => client.flush(options)],
    ['info', (client, options) => client.info(options)],
    ['timeouts', (client, options) => client.timeouts(options)],
    ['setTimeouts', (client, options) => client.setTimeouts({ tcp: 5 }, options)],
    ['daemons', (client, options) => client.daemons(options)],
    ['startDaemon', (client, options) => client.startDaemon({ role: 'master', interface: 'eth0' }, options)],
    ['stopDaemon', (client, options) => client.stopDaemon('master', options)],
  ])('makes %s reject with its reason and send nothing', async (_, call) => {
    await expect(call(ipvs, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(commandsOf(kernel)).toEqual([])
  })
})

describe('a signal that is aborted', () => {
  it('before the call returns cancels that command, and no other', async () => {
    const { signal } = controller
    const calls = Promise.allSettled([ipvs.addService(OTHER, { signal }), ipvs.addDestination(WEB, REAL)])
    controller.abort(reason)
    expect(await calls).toEqual([
      { status: 'rejected', reason },
      { status: 'fulfilled', value: undefined },
    ])
    expect(commandsOf(kernel)).toEqual(['NEW_DEST'])
  })

  it('during an exchange makes the call reject at once, although the kernel may have executed the command', async () => {
    abortAt('NEW_SERVICE')
    const call = ipvs.addService(OTHER, { signal: controller.signal })
    await expect(call).rejects.toBe(reason)
    expect(kernel.state().services).toHaveLength(2)
    await ipvs.flush()
    expect(commandsOf(kernel)).toEqual(['NEW_SERVICE', 'FLUSH'])
  })

  it('while an update reads cancels the change', async () => {
    abortAt('GET_SERVICE')
    const update = ipvs.updateService(WEB, { scheduler: 'rr' }, { signal: controller.signal })
    await expect(update).rejects.toBe(reason)
    expect(commandsOf(kernel)).toEqual(['GET_SERVICE'])
  })

  it('while the call waits behind an update cancels its command, and no other', async () => {
    abortAt('GET_SERVICE')
    const calls = await Promise.allSettled([
      ipvs.updateService(WEB, { scheduler: 'rr' }),
      ipvs.addDestination(WEB, REAL, { signal: controller.signal }),
      ipvs.removeService(WEB),
    ])
    expect(calls.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(calls[1]).toMatchObject({ reason })
    expect(commandsOf(kernel)).toEqual(['GET_SERVICE', 'SET_SERVICE', 'DEL_SERVICE'])
  })

  it('while the family is looked up again prevents the command from being sent again', async () => {
    kernel.module.unload()
    abortAt('GETFAMILY')
    await expect(ipvs.addService(WEB, { signal: controller.signal })).rejects.toBe(reason)
    const requests = kernel.log.requests.map(({ command }) => command)
    expect(requests).toEqual(['GETFAMILY', 'NEW_SERVICE', 'GETFAMILY'])
  })

  it('in the middle of a table makes the read reject', async () => {
    const { signal } = controller
    kernel.setState({ services: [{ fwmark: 1 }, { fwmark: 2 }] })
    abortAt('GET_DEST')
    await expect(ipvs.services({ signal })).rejects.toBe(reason)
  })
})

it('one signal for many calls causes no leak warning, whatever the size of the table', async () => {
  const warnings: Error[] = []
  const onWarning = (warning: Error) => void warnings.push(warning)
  process.on('warning', onWarning)
  kernel.setState({ services: Array.from({ length: 30 }, (_, mark) => ({ fwmark: mark + 1 })) })
  expect(await ipvs.services({ signal: controller.signal })).toHaveLength(30)
  await new Promise(setImmediate)
  process.off('warning', onWarning)
  expect(warnings).toEqual([])
})
