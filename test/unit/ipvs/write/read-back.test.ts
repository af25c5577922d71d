import { beforeEach, describe, expect, it } from 'vitest'
import type { BatchError, NetlinkError } from '../../../../src/errors.ts'
import type { IpvsClient } from '../../../../src/ipvs/ipvs-client.ts'
import type { DestinationInput } from '../../../../src/ipvs/model/destination.ts'
import type { ServiceInput } from '../../../../src/ipvs/model/service.ts'
import { destinationReply, type FakeKernel, open, serviceReply } from '../../../support/ipvs/fake-kernel.ts'

const ESRCH = 3
const WEB = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const
const REAL = { address: '198.51.100.7', port: 80, forwarding: 'dr', weight: 5 } as const

let ipvs: IpvsClient
let kernel: FakeKernel

/** What the table shows when it is read back. */
function show(service: ServiceInput | undefined, ...destinations: DestinationInput[]) {
  kernel.script.GET_SERVICE = () =>
    service === undefined ? { errno: ESRCH } : { replies: [serviceReply(service)] }
  kernel.script.GET_DEST = () => ({
    replies: destinations.map((destination) => destinationReply(destination)),
  })
}

beforeEach(async () => {
  ;({ ipvs, kernel } = await open())
  kernel.endings.push({ state: 'overrun', keep: 0 })
})

describe('a command whose answer was lost', () => {
  it.each<[string, () => void, () => Promise<void>]>([
    [
      'addService',
      () => show({ ...WEB, scheduler: 'rr' }),
      () => ipvs.addService({ ...WEB, scheduler: 'rr' }),
    ],
    ['removeService', () => show(undefined), () => ipvs.removeService(WEB)],
    ['addDestination', () => show(WEB, REAL), () => ipvs.addDestination(WEB, REAL)],
    ['removeDestination', () => show(WEB), () => ipvs.removeDestination(WEB, REAL)],
  ])('was done if the table shows it: %s', async (_, table, call) => {
    table()
    await expect(call()).resolves.toBeUndefined()
  })

  it.each<[string, () => void, () => Promise<void>]>([
    ['addService', () => show(undefined), () => ipvs.addService({ ...WEB, scheduler: 'rr' })],
    [
      'addService, with others there',
      () => show({ ...WEB, scheduler: 'wrr' }),
      () => ipvs.addService({ ...WEB, scheduler: 'rr' }),
    ],
    ['removeService', () => show(WEB), () => ipvs.removeService(WEB)],
    ['addDestination', () => show(WEB), () => ipvs.addDestination(WEB, REAL)],
    [
      'addDestination, with another weight',
      () => show(WEB, { ...REAL, weight: 6 }),
      () => ipvs.addDestination(WEB, REAL),
    ],
    ['removeDestination', () => show(WEB, REAL), () => ipvs.removeDestination(WEB, REAL)],
  ])('was not done if the table does not show it: %s', async (_, table, call) => {
    table()
    await expect(call()).rejects.toMatchObject({
      code: 'ERR_LVS_OVERRUN',
      outcome: 'not-done',
      message: expect.stringContaining('read back'),
    })
  })

  it.each<[string, () => Promise<void>]>([
    ['zero', () => ipvs.zero()],
    ['zero of one service', () => ipvs.zero(WEB)],
    ['flush', () => ipvs.flush()],
    ['setTimeouts', () => ipvs.setTimeouts({ tcp: 900 })],
  ])('stays unknown where no table shows it: %s', async (_, call) => {
    show(WEB)
    await expect(call()).rejects.toMatchObject({ code: 'ERR_LVS_OVERRUN', outcome: 'unknown' })
  })

  it('stays unknown where the reading fails', async () => {
    kernel.script.GET_SERVICE = () => ({ errno: 12 })
    await expect(ipvs.addService(WEB)).rejects.toMatchObject({ outcome: 'unknown' })
  })
})

it('in a batch, each command is read back by itself', async () => {
  show(WEB, REAL)
  const other = { ...REAL, address: '198.51.100.8' }
  const error: BatchError = await ipvs
    .batch([
      { command: 'addService', service: WEB },
      { command: 'addDestination', service: WEB, destination: other },
      { command: 'addDestination', service: WEB, destination: REAL },
    ])
    .then(
      () => undefined as never,
      (error) => error,
    )
  expect(error.failures.map(({ index, error }) => [index, (error as NetlinkError).outcome])).toEqual([
    [1, 'not-done'],
  ])
})
