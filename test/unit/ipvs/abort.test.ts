import { beforeEach, describe, expect, it } from 'vitest'
import type { IpvsClient } from '../../../src/ipvs/ipvs-client.ts'
import type { CallOptions } from '../../../src/netlink/arguments/call-options.ts'
import { type FakeKernel, open, serviceReply } from '../../support/ipvs/fake-kernel.ts'

const WEB = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const
const REAL = { address: '198.51.100.7', forwarding: 'dr' } as const
const reason = new Error('the request was cancelled')

let ipvs: IpvsClient
let kernel: FakeKernel
let controller: AbortController

beforeEach(async () => {
  ;({ ipvs, kernel } = await open())
  controller = new AbortController()
  kernel.script.GET_SERVICE = () => ({ replies: [serviceReply(WEB)] })
})

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
    expect(kernel.commands).toEqual([])
  })
})

describe('a signal that is aborted', () => {
  it('in the same turn keeps the command from the kernel, and from no other call', async () => {
    const { signal } = controller
    const calls = Promise.allSettled([ipvs.addService(WEB, { signal }), ipvs.addDestination(WEB, REAL)])
    controller.abort(reason)
    expect(await calls).toEqual([
      { status: 'rejected', reason },
      { status: 'fulfilled', value: undefined },
    ])
    expect(kernel.commands).toEqual(['NEW_DEST'])
  })

  it('during an exchange makes the call reject at once, though the command may still be done', async () => {
    const resume = kernel.pause()
    const call = ipvs.addService(WEB, { signal: controller.signal })
    await new Promise(setImmediate)
    controller.abort(reason)
    await expect(call).rejects.toBe(reason)
    resume()
    await ipvs.flush()
    expect(kernel.commands).toEqual(['NEW_SERVICE', 'FLUSH'])
  })

  it('while an update reads keeps the change from the kernel', async () => {
    kernel.script.GET_SERVICE = () => {
      controller.abort(reason)
      return { replies: [serviceReply(WEB)] }
    }
    const update = ipvs.updateService(WEB, { scheduler: 'rr' }, { signal: controller.signal })
    await expect(update).rejects.toBe(reason)
    expect(kernel.commands).toEqual(['GET_SERVICE'])
  })

  it('while the call waits behind an update keeps its command from the kernel, and disturbs no other', async () => {
    kernel.script.GET_SERVICE = () => {
      controller.abort(reason)
      return { replies: [serviceReply(WEB)] }
    }
    const calls = await Promise.allSettled([
      ipvs.updateService(WEB, { scheduler: 'rr' }),
      ipvs.addDestination(WEB, REAL, { signal: controller.signal }),
      ipvs.removeService(WEB),
    ])
    expect(calls.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(calls[1]).toMatchObject({ reason })
    expect(kernel.commands).toEqual(['GET_SERVICE', 'SET_SERVICE', 'DEL_SERVICE'])
  })

  it('while the family is looked up again keeps the command from being sent again', async () => {
    const answer = kernel.answer
    kernel.familyId = 0x1f
    kernel.answer = (message) => {
      if (message.type === 16) controller.abort(reason)
      return answer(message)
    }
    await expect(ipvs.addService(WEB, { signal: controller.signal })).rejects.toBe(reason)
    expect(kernel.messages.map(({ type }) => type)).toEqual([16, 0x1e, 16])
  })

  it('in the middle of a table makes the read reject', async () => {
    const { signal } = controller
    kernel.script.GET_SERVICE = () => ({
      replies: [serviceReply({ fwmark: 1 }), serviceReply({ fwmark: 2 })],
    })
    kernel.script.GET_DEST = () => {
      controller.abort(reason)
      return {}
    }
    await expect(ipvs.services({ signal })).rejects.toBe(reason)
  })
})

it('one signal for many calls makes Node.js suspect no leak, however large the table', async () => {
  const warnings: Error[] = []
  const note = (warning: Error) => void warnings.push(warning)
  process.on('warning', note)
  kernel.script.GET_SERVICE = () => ({
    replies: Array.from({ length: 30 }, (_, mark) => serviceReply({ fwmark: mark + 1 })),
  })
  expect(await ipvs.services({ signal: controller.signal })).toHaveLength(30)
  await new Promise(setImmediate)
  process.off('warning', note)
  expect(warnings).toEqual([])
})
