/** Simulated kernels for tests of the simulation. */

import { onTestFinished } from 'vitest'
import { Ipvs } from '../../../src/state/ipvs.ts'
import { SimulatedKernel, type SimulatedKernelOptions } from '../../../src/testing/simulated-kernel.ts'

export const WEB = 'tcp://192.0.2.10:80'

/**
 * Creates a kernel with a client, a service and destinations 192.0.2.20, .21, ... with the given weights, the last one the
 * newest.
 */
export async function makeKernel(
  weights: readonly number[] = [],
  options: SimulatedKernelOptions & { scheduler?: string; persistence?: number } = {},
): Promise<{ kernel: SimulatedKernel; ipvs: Ipvs }> {
  const { scheduler = 'rr', persistence, ...rest } = options
  const kernel = new SimulatedKernel(rest)
  const ipvs = await Ipvs.open({ transport: kernel })
  onTestFinished(() => ipvs.close())
  const service = { protocol: 'tcp', address: '192.0.2.10', port: 80, scheduler } as const
  kernel.run([
    {
      command: 'addService',
      service: persistence === undefined ? service : { ...service, persistence: { timeout: persistence } },
    },
    ...weights.map((weight, index) => ({
      command: 'addDestination' as const,
      service: WEB,
      destination: { address: `192.0.2.${20 + index}`, forwarding: 'nat' as const, weight },
    })),
  ])
  return { kernel, ipvs }
}
