import { describe, expect, it } from 'vitest'
import type { BatchError, NetlinkError } from '../../../../src/errors.ts'
import type { IpvsClient } from '../../../../src/ipvs/ipvs-client.ts'
import type { ServiceStateInput } from '../../../../src/testing/kernel/kernel-state.ts'
import type { SimulatedKernel } from '../../../../src/testing/simulated-kernel.ts'
import { openClient } from '../../../support/ipvs/simulated-client.ts'

const WEB = { protocol: 'tcp', address: '192.0.2.1', port: 80, scheduler: 'rr' } as const
const REAL = { address: '198.51.100.7', port: 80, forwarding: 'dr', weight: 5 } as const

/** A client of a kernel that loses its first reply. */
async function openLossy(
  ...services: ServiceStateInput[]
): Promise<{ ipvs: IpvsClient; kernel: SimulatedKernel }> {
  const opened = await openClient({ services })
  opened.kernel.faults.inject({ fault: { kind: 'overrun' } })
  return opened
}

const withReal = { ...WEB, destinations: [REAL] }

describe('a command whose reply was lost', () => {
  it.each<[string, ServiceStateInput[], (ipvs: IpvsClient) => Promise<void>]>([
    ['addService', [], (ipvs) => ipvs.addService(WEB)],
    ['removeService', [WEB], (ipvs) => ipvs.removeService(WEB)],
    ['addDestination', [WEB], (ipvs) => ipvs.addDestination(WEB, REAL)],
    ['removeDestination', [withReal], (ipvs) => ipvs.removeDestination(WEB, REAL)],
  ])('was executed if the table shows it: %s', async (_, services, call) => {
    const { ipvs } = await openLossy(...services)
    await expect(call(ipvs)).resolves.toBeUndefined()
  })

  it.each<[string, ServiceStateInput[], (ipvs: IpvsClient) => Promise<void>]>([
    ['addService', [], (ipvs) => ipvs.addService(WEB)],
    [
      'addService, where the service has another scheduler',
      [{ ...WEB, scheduler: 'wrr' }],
      (ipvs) => ipvs.addService(WEB),
    ],
    ['removeService', [WEB], (ipvs) => ipvs.removeService(WEB)],
    ['addDestination', [WEB], (ipvs) => ipvs.addDestination(WEB, REAL)],
    [
      'addDestination, where the destination has another weight',
      [{ ...WEB, destinations: [{ ...REAL, weight: 6 }] }],
      (ipvs) => ipvs.addDestination(WEB, REAL),
    ],
    ['removeDestination', [withReal], (ipvs) => ipvs.removeDestination(WEB, REAL)],
  ])('was not executed if the table does not show it: %s', async (_, services, call) => {
    const { ipvs, kernel } = await openLossy(...services)
    kernel.faults.inject({ fault: { kind: 'refuse', error: 'ENOMEM' } })
    await expect(call(ipvs)).rejects.toMatchObject({
      code: 'ERR_LVS_OVERRUN',
      outcome: 'not-done',
      message: expect.stringContaining('read back'),
    })
  })

  it.each<[string, (ipvs: IpvsClient) => Promise<void>]>([
    ['zero', (ipvs) => ipvs.zero()],
    ['zero of one service', (ipvs) => ipvs.zero(WEB)],
    ['flush', (ipvs) => ipvs.flush()],
    ['setTimeouts', (ipvs) => ipvs.setTimeouts({ tcp: 900 })],
  ])('has an unknown outcome if no table can show it: %s', async (_, call) => {
    const { ipvs } = await openLossy(WEB)
    await expect(call(ipvs)).rejects.toMatchObject({ code: 'ERR_LVS_OVERRUN', outcome: 'unknown' })
  })

  it('has an unknown outcome if reading the table fails', async () => {
    const { ipvs, kernel } = await openLossy()
    kernel.faults.inject({ on: 'GET_SERVICE', fault: { kind: 'refuse', error: 'ENOMEM' } })
    await expect(ipvs.addService(WEB)).rejects.toMatchObject({ outcome: 'unknown' })
  })
})

it('each command of a batch is read back by itself', async () => {
  const { ipvs, kernel } = await openLossy()
  const other = { ...REAL, address: '198.51.100.8' }
  kernel.faults.inject({
    on: ({ destination }) => destination === '198.51.100.8:80',
    fault: { kind: 'refuse', error: 'ENOMEM' },
  })
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
